-- What a bot on the schema 0001 left behind: something waiting, something due, something begun.
INSERT INTO app_account (name, client_id, client_secret, timezone)
VALUES ('main', '$sealed', '$sealed', 'Europe/Brussels');

INSERT INTO app_request
  (id, token, team, account, action, inputs, actor, surface, asked_at, state, version, digest,
   quorum, preview, facts, reach, next_at, granted_at, crontab, timezone, lateness, problem,
   tries, retry_at, expires_at)
VALUES
  ('req_waiting', 'V1', 'T0', 'main', 'campaign.push_all',
   '[{"campaign": "cam_123456", "message": "Waiting"}]', 'U0ANA', 'slack', '$before', 'waiting', 1,
   'd1', 2, 'Everybody', '[["Campaign", "Splash"]]', 1240, NULL, NULL, '', 'UTC', 900, '', 0,
   NULL, '$later'),
  ('req_series', NULL, '', 'main', 'campaign.list', '[{}]', 'U0ANA', 'slack', '$before', 'granted',
   1, 'd2', 0, '', '[]', NULL, '$before', '$before', '0 9 * * *', 'Europe/Brussels', 604800, '', 0,
   NULL, NULL),
  ('req_begun', 'V3', 'T0', 'main', 'campaign.push_all',
   '[{"campaign": "cam_123456", "message": "Begun"}]', 'U0ANA', 'slack', '$before', 'spent', 1,
   'd3', 2, 'Everybody', '[]', 1240, NULL, '$before', '', 'UTC', 900, '', 0, NULL, NULL),
  ('req_ready', 'V4', 'T0', 'main', 'campaign.push_all',
   '[{"campaign": "cam_123456", "message": "Ready"}]', 'U0ANA', 'slack', '$before', 'spent', 1,
   'd4', 2, 'Everybody', '[]', 1240, NULL, '$before', '', 'UTC', 900, '', 0, NULL, NULL),
  ('req_done', NULL, '', 'main', 'session.search', '[{"email": {"sealed": "$sealed"}}]', 'U0ANA',
   'slack', '$before', 'spent', 1, 'd5', 0, '', '[]', NULL, NULL, '$before', '', 'UTC', 900, '', 0,
   NULL, NULL);

INSERT INTO app_approval (request, version, person, at, comment)
VALUES ('req_waiting', 1, 'U0BO', '$before', 'Fine'),
       ('req_begun', 1, 'U0BO', '$before', ''),
       ('req_begun', 1, 'U0CY', '$before', ''),
       ('req_ready', 1, 'U0BO', '$before', ''),
       ('req_ready', 1, 'U0CY', '$before', '');

INSERT INTO app_operation
  (id, request, due, run_at, "row", account, action, inputs, state, round, problem, started_at,
   ended_at)
VALUES
  ('req_begun.1.0', 'req_begun', '$before', '$before', 0, 'main', 'campaign.push_all',
   '{"campaign": "cam_123456", "message": "Begun"}', 'running', 0, '', '$before', NULL),
  ('req_ready.1.0', 'req_ready', '$before', '$before', 0, 'main', 'campaign.push_all',
   '{"campaign": "cam_123456", "message": "Ready"}', 'ready', 0, '', NULL, NULL),
  ('req_done.1.0', 'req_done', '$before', '$before', 0, 'main', 'session.search',
   '{"email": {"sealed": "$sealed"}}', 'done', 0, '', '$before', '$before');

INSERT INTO app_step_run
  (operation, position, round, step, endpoint, effect, tries, sent_at, answered_at, reply, problem)
VALUES
  ('req_begun.1.0', 0, 0, 'campaign_push_all', 'campaign_push_all', 'sent', 1, '$before', NULL, NULL, ''),
  ('req_done.1.0', 0, 0, 'session_search', 'session_search', 'confirmed', 1, '$before', '$before',
   '$sealed', '');

INSERT INTO app_audit_entry
  (at, actor, surface, kind, team, account, action, request, operation, was, became, because,
   digest)
VALUES ('$before', 'U0ANA', 'slack', 'asked', 'T0', 'main', 'campaign.push_all', 'req_waiting',
        NULL, '', 'asked', '', '');

INSERT INTO app_notice (at, request, operation, became, told_at, tries, retry_at)
VALUES ('$before', 'req_waiting', NULL, 'waiting', NULL, 3, NULL),
       ('$before', 'req_waiting', NULL, 'asked', '$before', 0, NULL);

INSERT INTO app_posted (key, channel, ts) VALUES ('req_done:asker', 'D0ANA', '1700000000.000100');

INSERT INTO app_draft (id, actor, action, "values", at)
VALUES ('dra_1', 'U0ANA', 'campaign.create', '$sealed', '$before');
