/** A role as tokens name it. No colon, so that none reads like a platform role (`platform:admin`). */
export const ROLE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;
