-- What a person asks for beyond a name and memory.
-- JSON: names and values that go into the game's environment as they are.
ALTER TABLE servers ADD COLUMN environment TEXT NOT NULL DEFAULT '{}';
-- What players of this server type, where it is not the host's address.
ALTER TABLE servers ADD COLUMN own_address TEXT;

-- What an adopted server is: volume_name is then whatever was mounted, a volume or a folder of the host.
ALTER TABLE servers ADD COLUMN mount_type TEXT NOT NULL DEFAULT 'volume' CHECK (mount_type IN ('volume', 'bind'));
-- 1 for a server whose world LightNode did not make: it is never removed by us.
ALTER TABLE servers ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0 CHECK (adopted IN (0, 1));
-- An adopted game may publish no RCON port: then commands go through an exec in its container.
ALTER TABLE servers ADD COLUMN rcon_via TEXT NOT NULL DEFAULT 'port' CHECK (rcon_via IN ('port', 'exec'));
ALTER TABLE servers ADD COLUMN compose_project TEXT;
-- The adopted container that a new one takes the place of; kept until the new one is Online.
ALTER TABLE servers ADD COLUMN replaced_container_id TEXT;

-- 1 for a server that was made around a world and has not been Online yet: its port may still change.
ALTER TABLE servers ADD COLUMN address_open INTEGER NOT NULL DEFAULT 0 CHECK (address_open IN (0, 1));

-- In the bin, and a person has asked for its end: what is left of it goes, also after a crash in the middle.
ALTER TABLE servers ADD COLUMN purged_at INTEGER;

-- What is being done to a server and takes time: one at a time. A crash leaves its row open, and the next start
-- finishes or undoes it.
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (id),
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  -- JSON: what was asked for, and what is needed to finish or to undo it.
  plan TEXT NOT NULL,
  step TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  problem_code TEXT,
  problem_message TEXT
) STRICT;
CREATE INDEX tasks_server ON tasks (server_id, started_at);
CREATE UNIQUE INDEX tasks_open ON tasks (server_id) WHERE ended_at IS NULL;

-- Volumes that a server had, or was copied into, before something that can't be undone in the game.
CREATE TABLE world_copies (
  volume_name TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (id),
  reason TEXT NOT NULL CHECK (reason IN ('change', 'restore', 'revert')),
  -- What the server was then.
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  resolved_version TEXT,
  image TEXT,
  bytes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  -- SHA-256 over the list of its files; null for a volume that was set aside and not copied.
  digest TEXT,
  created_at INTEGER NOT NULL,
  -- A person has deleted it: the volume goes, also after a crash in the middle, and the row after it.
  removed_at INTEGER
) STRICT;
CREATE INDEX world_copies_server ON world_copies (server_id, created_at);

-- Worlds saved as files. They outlive their server.
CREATE TABLE world_backups (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL,
  server_name TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('asked', 'daily')),
  -- An absolute path: the folder may be another one later.
  file TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  resolved_version TEXT,
  memory_mb INTEGER NOT NULL,
  disk_gb REAL NOT NULL,
  -- Of the file, and of the files in it.
  bytes INTEGER NOT NULL,
  world_bytes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  verified_at INTEGER NOT NULL
) STRICT;
CREATE INDEX world_backups_server ON world_backups (server_id, created_at);
