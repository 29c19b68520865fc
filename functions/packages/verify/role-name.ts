/** A role as tokens name it. It has no colon, so that none looks like a platform role (`platform:admin`). */
export const ROLE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;
