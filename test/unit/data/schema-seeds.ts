/**
 * Rows for every table, by the schema that they were written under: the first for schema 1, and so on. What an
 * earlier one has is there, too. Whoever adds a migration adds the rows that the schema before it could hold.
 */
export const seeds: readonly string[] = [
  `
  INSERT INTO installation VALUES (1, 'this-one', 'v1.check', 1000);
  INSERT INTO settings VALUES ('image', 'game:1'), ('http.port', '40123');
  INSERT INTO regions VALUES ('local', 'Local', 1), ('far', 'Far away', 0);
  INSERT INTO hosts VALUES ('local', 'local', 'This machine', 1, 'ENGINE:ID', 'engine', 'play.example.org');
  INSERT INTO addresses VALUES ('local', '192.0.2.7', 0), ('local', '2001:db8::1', 1);
  INSERT INTO pools VALUES ('local', 'game', 25565, 25570), ('local', 'rcon', 26001, 26006);
  INSERT INTO servers VALUES
    ('one', 'local', 'Große Welt 🌍', 'grosse welt', 'online', 'running', 'PAPER', 'LATEST', '1.21.4', 4096, 20.5,
      'local', '192.0.2.7', 'grosse-welt-one', 'grosse-welt-one', 'c1', 'game:java21', 'v1.rcon', 'v1.next',
      'panel-one', 'v1.panel', 1000, 2000, NULL, NULL, 900, NULL, NULL, NULL, NULL, 1),
    ('two', 'local', 'Failed', 'failed', 'failed', 'running', 'VANILLA', '1.20.4', '1.20.4', 512, 1,
      'local', '192.0.2.7', 'failed-two', 'failed-two', NULL, NULL, 'v1.rcon2', NULL,
      'panel-two', 'v1.panel2', 1000, NULL, 'NOT_READY', 'It did not answer.', 901, NULL, NULL, NULL, NULL, 0),
    ('bin', 'local', 'Failed', 'failed', 'stopped', 'stopped', 'FABRIC', '1.20.4', '1.20.4', 512, 1,
      'local', '192.0.2.7', 'failed-bin', 'failed-bin', NULL, 'game:java17', 'v1.rcon3', NULL,
      'panel-bin', 'v1.panel3', 1000, 2000, NULL, NULL, 902, 5000, NULL, NULL, NULL, 0),
    ('old', 'local', 'Expired', 'expired', 'stopped', 'stopped', 'QUILT', '1.20.4', NULL, 512, 1,
      'local', '192.0.2.7', 'expired-old', 'expired-old', NULL, NULL, 'v1.rcon4', NULL,
      'panel-old', 'v1.panel4', 1000, 2000, NULL, NULL, 903, 5000, 6000, 25569, 26005, 0);
  INSERT INTO ports VALUES
    ('local', 25565, 'game', 'one', 900, 0, NULL, NULL, NULL), ('local', 26001, 'rcon', 'one', 900, 0, NULL, NULL, NULL),
    ('local', 25566, 'game', 'two', 901, 0, NULL, NULL, NULL), ('local', 26002, 'rcon', 'two', 901, 0, NULL, NULL, NULL),
    ('local', 25567, 'game', 'bin', 902, 0, NULL, NULL, 800), ('local', 26003, 'rcon', 'bin', 902, 0, NULL, NULL, 800),
    ('local', 25568, 'game', NULL, NULL, 700, 750, '{"kind":"process","name":"nginx","pid":1}', 760),
    ('local', 25569, 'game', NULL, NULL, 6000, NULL, NULL, NULL);
  INSERT INTO runs VALUES
    ('r1', 'one', 'succeeded', 900, 2000, NULL, NULL),
    ('r2', 'two', 'failed', 901, 2001, 'NOT_READY', 'It did not answer.'),
    ('r3', 'two', 'running', 3000, NULL, NULL, NULL);
  INSERT INTO run_steps VALUES
    ('r1', 0, 'reserve', 'done', NULL, 900, 901), ('r1', 1, 'image', 'done', 'game:java21', 901, 950),
    ('r3', 0, 'reserve', 'done', 'Kept from before', 3000, 3000), ('r3', 1, 'image', 'running', NULL, 3001, NULL);
  INSERT INTO activity VALUES
    (1, 900, 'desktop', 'server.created', 'one', 'Große Welt 🌍', 'info', 'Große Welt 🌍 was created.'),
    (7, 901, 'lightnode', 'port.blocked', NULL, NULL, 'warning', 'Port 25568 is blocked.');
  INSERT INTO sessions VALUES ('0a', 'operator', NULL, 9000), ('0b', 'panel', 'one', 9000);
  `,
]
