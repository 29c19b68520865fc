create table registrations_by_day (
  day date primary key,
  registrations integer not null
);
