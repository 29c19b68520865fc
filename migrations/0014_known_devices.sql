-- Devices that signed in before (S67). The token itself is nowhere: it carries what its MAC covers.

alter table sessions
  -- Opened with the device's token. A client whose sessions never are is known by its name, browser and network.
  add column known_device boolean not null default false;

alter table users
  -- Device tokens from before are nobody's: the person signed out everywhere.
  add column devices_since timestamptz;
