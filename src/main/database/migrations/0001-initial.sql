-- Times are milliseconds since 1970. Sealed columns hold what secrets/seal.ts makes, never a plain secret.

CREATE TABLE installation (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  -- A known text, sealed: tells a wrong key from a right one.
  key_check TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE regions (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

CREATE TABLE hosts (
  id TEXT PRIMARY KEY,
  region_id TEXT NOT NULL REFERENCES regions (id),
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  -- The id and name of the engine this host is bound to; null until one has been used.
  engine_id TEXT,
  engine_name TEXT,
  public_address TEXT
) STRICT;

CREATE TABLE addresses (
  host_id TEXT NOT NULL REFERENCES hosts (id),
  address TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (host_id, address)
) STRICT;

CREATE TABLE pools (
  host_id TEXT NOT NULL REFERENCES hosts (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('game', 'rcon')),
  first_port INTEGER NOT NULL CHECK (first_port BETWEEN 1024 AND 65535),
  last_port INTEGER NOT NULL CHECK (last_port BETWEEN first_port AND 65535),
  PRIMARY KEY (host_id, purpose)
) STRICT;

CREATE TABLE servers (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The name folded for comparison: unique per owner.
  name_key TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('provisioning', 'waiting', 'starting', 'online', 'stopped', 'failed')),
  -- What the user wants: the launcher and the observer work towards it.
  desired TEXT NOT NULL CHECK (desired IN ('running', 'stopped')),
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  resolved_version TEXT,
  memory_mb INTEGER NOT NULL CHECK (memory_mb > 0),
  disk_gb REAL NOT NULL CHECK (disk_gb > 0),
  host_id TEXT NOT NULL REFERENCES hosts (id),
  address TEXT NOT NULL,
  container_name TEXT NOT NULL UNIQUE,
  volume_name TEXT NOT NULL UNIQUE,
  container_id TEXT,
  -- What its container was made from: a later image setting is for servers still to come.
  image TEXT,
  rcon_password TEXT NOT NULL,
  -- The one that a rotation brings in; the old one is forgotten when the game has taken it.
  next_rcon_password TEXT,
  panel_username TEXT NOT NULL UNIQUE,
  panel_password TEXT NOT NULL,
  eula_accepted_at INTEGER NOT NULL,
  first_online_at INTEGER,
  problem_code TEXT,
  problem_message TEXT,
  created_at INTEGER NOT NULL,
  -- In the bin since; null for a server that is in use.
  deleted_at INTEGER,
  -- Its ports went back to the pool then; the volume stays until a person deletes it.
  expired_at INTEGER,
  -- What it had before it expired: a restore gives it again if it is free.
  last_port INTEGER,
  last_rcon_port INTEGER,
  -- 1 while the running container is not made of what the row says.
  restart_needed INTEGER NOT NULL DEFAULT 0 CHECK (restart_needed IN (0, 1)),
  CHECK (expired_at IS NULL OR deleted_at IS NOT NULL)
) STRICT;
-- A name in the bin is free for a new server.
CREATE UNIQUE INDEX servers_name ON servers (owner, name_key) WHERE deleted_at IS NULL;

CREATE TABLE ports (
  host_id TEXT NOT NULL REFERENCES hosts (id),
  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  purpose TEXT NOT NULL CHECK (purpose IN ('game', 'rcon')),
  server_id TEXT REFERENCES servers (id),
  reserved_at INTEGER,
  -- 0 for never: never-used ports come first, then the least recently released.
  released_at INTEGER NOT NULL DEFAULT 0,
  blocked_since INTEGER,
  -- JSON of a port holder.
  blocked_by TEXT,
  checked_at INTEGER,
  PRIMARY KEY (host_id, port),
  CHECK ((blocked_since IS NULL) = (blocked_by IS NULL)),
  CHECK ((server_id IS NULL) = (reserved_at IS NULL)),
  CHECK (server_id IS NULL OR blocked_since IS NULL)
) STRICT, WITHOUT ROWID;

-- The lookup of the next port reads this index from its start, whatever the pool's size or fill.
CREATE INDEX ports_free ON ports (host_id, purpose, released_at, port)
  WHERE server_id IS NULL AND blocked_since IS NULL;
CREATE INDEX ports_blocked ON ports (host_id, purpose, port) WHERE blocked_since IS NOT NULL;
CREATE UNIQUE INDEX ports_server ON ports (server_id, purpose) WHERE server_id IS NOT NULL;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (id),
  state TEXT NOT NULL CHECK (state IN ('running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  problem_code TEXT,
  problem_message TEXT
) STRICT;
CREATE INDEX runs_server ON runs (server_id, started_at);
-- One attempt at a time per server.
CREATE UNIQUE INDEX runs_open ON runs (server_id) WHERE ended_at IS NULL;

CREATE TABLE run_steps (
  run_id TEXT NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'waiting', 'done', 'failed')),
  detail TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  server_id TEXT,
  server_name TEXT,
  level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  message TEXT NOT NULL
) STRICT;
CREATE INDEX activity_server ON activity (server_id, id);

CREATE TABLE sessions (
  -- SHA-256 of the cookie's token, hex.
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('operator', 'panel')),
  server_id TEXT REFERENCES servers (id),
  expires_at INTEGER NOT NULL,
  CHECK ((kind = 'panel') = (server_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
