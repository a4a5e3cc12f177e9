CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL, language TEXT NOT NULL,
  created_at BIGINT NOT NULL, colour TEXT NOT NULL DEFAULT '', quiet_days BIGINT NOT NULL DEFAULT 90
  CHECK (quiet_days BETWEEN 0 AND 3650), held_out_percent BIGINT NOT NULL DEFAULT 0
  CHECK (held_out_percent BETWEEN 0 AND 100), consent_first BOOLEAN NOT NULL DEFAULT FALSE, website TEXT NOT NULL DEFAULT '');
CREATE TABLE alert_allowances (
  account_id BIGINT NOT NULL, place TEXT NOT NULL, tokens DOUBLE PRECISION NOT NULL,
  counted_at BIGINT NOT NULL, stopped_until BIGINT,
  PRIMARY KEY (account_id, place)) WITHOUT ROWID;
CREATE TABLE alert_rules (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, name TEXT NOT NULL, survey_id BIGINT,
  conditions TEXT NOT NULL, quiet_hours TEXT NOT NULL,
  destination TEXT NOT NULL
    CHECK (destination IN ('members', 'slack', 'teams', 'dingtalk', 'feishu', 'wecom')),
  members TEXT NOT NULL, sealed_url TEXT, sealed_secret TEXT, host TEXT, hook_key TEXT,
  enabled BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL,
  rule_id BIGINT NOT NULL REFERENCES alert_rules (id),
  response_id BIGINT, recipient_id BIGINT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
  gathered BOOLEAN NOT NULL, attempts BIGINT NOT NULL, send_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, claim_id BIGINT, leased_until BIGINT, settled_at BIGINT, reason TEXT,
  created_at BIGINT NOT NULL);
CREATE TABLE answer_keys (
  survey_id BIGINT NOT NULL, client_key TEXT NOT NULL, account_id BIGINT NOT NULL,
  response_id BIGINT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (survey_id, client_key)) WITHOUT ROWID;
CREATE TABLE answers (
  response_id BIGINT NOT NULL, question TEXT NOT NULL, item TEXT NOT NULL, account_id BIGINT NOT NULL,
  number DOUBLE PRECISION, choice TEXT, words TEXT,
  PRIMARY KEY (response_id, question, item)) WITHOUT ROWID;
CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, made_by BIGINT, created_at BIGINT NOT NULL,
  last_used_at BIGINT, revoked_at BIGINT);
CREATE TABLE ask_decisions (
  rule_id BIGINT NOT NULL REFERENCES ask_rules (id), period BIGINT NOT NULL,
  occasion BIGINT NOT NULL, account_id BIGINT NOT NULL, rule_version BIGINT NOT NULL,
  outcome TEXT NOT NULL, decided_at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, period, occasion)) WITHOUT ROWID;
CREATE TABLE ask_rule_days (
  rule_id BIGINT NOT NULL REFERENCES ask_rules (id), day BIGINT NOT NULL, outcome TEXT NOT NULL,
  account_id BIGINT NOT NULL, decisions BIGINT NOT NULL,
  PRIMARY KEY (rule_id, day, outcome)) WITHOUT ROWID;
CREATE TABLE ask_rule_rounds (
  rule_id BIGINT NOT NULL REFERENCES ask_rules (id), period BIGINT NOT NULL,
  account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL,
  PRIMARY KEY (rule_id, period)) WITHOUT ROWID;
CREATE TABLE ask_rule_versions (
  rule_id BIGINT NOT NULL REFERENCES ask_rules (id), version BIGINT NOT NULL,
  account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, definition TEXT NOT NULL,
  made_by TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (rule_id, version)) WITHOUT ROWID;
CREATE TABLE ask_rules (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES accounts (id),
  survey_id BIGINT NOT NULL REFERENCES surveys (id), name TEXT NOT NULL, event TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused')), version BIGINT NOT NULL,
  active_since BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE attribute_names (
  account_id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account_id, name)) WITHOUT ROWID;
CREATE TABLE business_calendars (account_id INTEGER PRIMARY KEY, definition TEXT NOT NULL,
updated_at BIGINT NOT NULL);
CREATE TABLE case_contacts (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, case_id BIGINT NOT NULL REFERENCES recovery_cases (id),
  channel TEXT NOT NULL CHECK (channel IN ('phone', 'email', 'sms', 'chat', 'in_person')),
  outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'left_message', 'wrong_contact')),
  note TEXT, actor TEXT NOT NULL, made_at BIGINT NOT NULL);
CREATE TABLE case_verdicts (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, case_id BIGINT NOT NULL REFERENCES recovery_cases (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('satisfied', 'still_unhappy')), note TEXT,
  word TEXT NOT NULL CHECK (word IN ('customer', 'reported')), actor TEXT NOT NULL,
  heard_at BIGINT NOT NULL);
CREATE TABLE case_words (
  account_id BIGINT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('cause', 'remedy', 'closure')),
  words TEXT NOT NULL, PRIMARY KEY (account_id, kind, words)) WITHOUT ROWID;
CREATE TABLE consumers (
  name TEXT NOT NULL, account_id BIGINT NOT NULL, position BIGINT NOT NULL, failures BIGINT NOT NULL,
  last_error TEXT, retry_at BIGINT, PRIMARY KEY (name, account_id)) WITHOUT ROWID;
CREATE TABLE contact_points (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL REFERENCES customers (id),
  kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')), value TEXT NOT NULL, verified_at BIGINT,
  suppressed_at BIGINT, suppressed_because TEXT, created_at BIGINT NOT NULL);
CREATE TABLE customer_attributes (
  customer_id BIGINT NOT NULL REFERENCES customers (id), account_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY (customer_id, name)) WITHOUT ROWID;
CREATE TABLE customer_events (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL REFERENCES customers (id),
  name TEXT NOT NULL, properties TEXT NOT NULL, occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES accounts (id), external_id TEXT, name TEXT,
  language TEXT,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, restricted_at BIGINT, consented_at BIGINT);
CREATE TABLE erased_people (
  account_id BIGINT NOT NULL, trace TEXT NOT NULL, erased_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, trace)) WITHOUT ROWID;
CREATE TABLE events (
  account_id BIGINT NOT NULL, position BIGINT NOT NULL, id BIGINT NOT NULL, kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL, customer_id BIGINT, actor TEXT NOT NULL, payload TEXT NOT NULL,
  happened_at BIGINT NOT NULL, PRIMARY KEY (account_id, position)) WITHOUT ROWID;
CREATE TABLE exclusions (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL,
  wave_id BIGINT REFERENCES waves (id), rule_id BIGINT REFERENCES ask_rules (id),
  customer_id BIGINT, reason TEXT NOT NULL, note TEXT,
  excluded_by TEXT NOT NULL, created_at BIGINT NOT NULL, lifted_at BIGINT,
  CHECK ((wave_id IS NULL) <> (rule_id IS NULL)));
CREATE TABLE idempotency_keys (
  account_id BIGINT NOT NULL, path TEXT NOT NULL, client_key TEXT NOT NULL, body_hash TEXT NOT NULL,
  status BIGINT NOT NULL, answer TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, path, client_key)) WITHOUT ROWID;
CREATE TABLE imports (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, fingerprint TEXT NOT NULL,
  file_name TEXT NOT NULL, rows_done BIGINT NOT NULL, recorded BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  started_at BIGINT NOT NULL, finished_at BIGINT, UNIQUE (account_id, survey_id, fingerprint));
CREATE TABLE invitation_intents (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, invitation_id BIGINT NOT NULL REFERENCES invitations (id),
  kind TEXT NOT NULL CHECK (kind IN ('fetch', 'gesture', 'decoy')), raw BIGINT,
  machine BOOLEAN NOT NULL, network TEXT, happened_at BIGINT NOT NULL, survey_id BIGINT);
CREATE TABLE invitations (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, wave_id BIGINT NOT NULL REFERENCES waves (id),
  survey_id BIGINT NOT NULL, customer_id BIGINT, contact_point_id BIGINT,
  channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')), language TEXT, touchpoint TEXT,
  state TEXT NOT NULL
    CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
  token_hash TEXT NOT NULL UNIQUE, attempts BIGINT NOT NULL, send_at BIGINT NOT NULL,
  claim_id BIGINT, leased_until BIGINT, settled_at BIGINT, reason TEXT, response_id BIGINT,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL, reminder BIGINT NOT NULL DEFAULT 0, reminder_of BIGINT, reminders TEXT, send_window TEXT, style TEXT CHECK (style IN ('neutral', 'coloured')), turn_at BIGINT, agent TEXT);
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, kind TEXT NOT NULL, unique_key TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  run_at BIGINT NOT NULL, attempts BIGINT NOT NULL, lease_token BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  last_error TEXT, created_at BIGINT NOT NULL, finished_at BIGINT);
CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, token BIGINT NOT NULL,
  leased_until BIGINT NOT NULL);
CREATE TABLE ledger_heads (account_id INTEGER PRIMARY KEY, position BIGINT NOT NULL, link TEXT NOT NULL);
CREATE TABLE ledger_links (
  account_id BIGINT NOT NULL, position BIGINT NOT NULL, link TEXT NOT NULL,
  PRIMARY KEY (account_id, position)) WITHOUT ROWID;
CREATE TABLE mailbox_messages (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, message_id TEXT NOT NULL, envelope_sender TEXT NOT NULL,
  mail_from TEXT NOT NULL, mail_to TEXT NOT NULL, address TEXT NOT NULL, reply_to TEXT,
  subject TEXT NOT NULL, headers TEXT NOT NULL, text_part TEXT NOT NULL, html_part TEXT NOT NULL,
  kept_at BIGINT NOT NULL, customer_id BIGINT);
CREATE TABLE mailbox_polls (
  mailbox TEXT NOT NULL PRIMARY KEY, uid_validity BIGINT NOT NULL, last_uid BIGINT NOT NULL,
  taken BIGINT NOT NULL, polled_at BIGINT, failures BIGINT NOT NULL, reason TEXT,
  failing_since BIGINT);
CREATE TABLE member_invitations (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES accounts (id), email TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'agent', 'viewer')),
  token_hash TEXT NOT NULL UNIQUE, made_by BIGINT, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT);
CREATE TABLE members (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT, language TEXT,
  created_at BIGINT NOT NULL);
CREATE TABLE memberships (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  member_id BIGINT NOT NULL REFERENCES members (id),
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'agent', 'viewer')),
  joined_at BIGINT NOT NULL, left_at BIGINT, last_active_at BIGINT, last_assigned_at BIGINT,
  PRIMARY KEY (account_id, member_id)) WITHOUT ROWID;
CREATE TABLE migrations (
  name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL);
CREATE TABLE nodes (id INTEGER PRIMARY KEY, holder TEXT NOT NULL, leased_until BIGINT NOT NULL);
CREATE TABLE notice_refusals (
  account_id BIGINT NOT NULL, member_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('case_assigned', 'case_due_soon', 'case_overdue')),
  PRIMARY KEY (account_id, member_id, kind)) WITHOUT ROWID;
CREATE TABLE "notices" (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('case_assigned', 'case_due_soon', 'case_overdue', 'verdict_asked', 'webhook_disabled')),
  case_id BIGINT REFERENCES recovery_cases (id), occasion BIGINT NOT NULL,
  recipient_id BIGINT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn')),
  attempts BIGINT NOT NULL, send_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, claim_id BIGINT,
  leased_until BIGINT, settled_at BIGINT, reason TEXT, created_at BIGINT NOT NULL,
  webhook_id BIGINT,
  CONSTRAINT notices_matter CHECK (
    (case_id IS NULL) = (kind = 'webhook_disabled')
    AND (case_id IS NULL) = (webhook_id IS NOT NULL)));
CREATE TABLE provisional_scores (
  invitation_id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, raw BIGINT NOT NULL,
  given_at BIGINT NOT NULL, due_at BIGINT NOT NULL);
CREATE TABLE received_mails (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, digest TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('bounce', 'complaint', 'auto_reply', 'reply', 'unknown')),
  weight TEXT CHECK (weight IN ('hard', 'soft', 'policy')), status TEXT, invitation_id BIGINT,
  customer_id BIGINT, contact_point_id BIGINT, received_at BIGINT NOT NULL);
CREATE TABLE receiving_domains (
  domain TEXT NOT NULL PRIMARY KEY, next_at BIGINT NOT NULL, failures BIGINT NOT NULL,
  stopped_until BIGINT NOT NULL, reason TEXT);
CREATE TABLE recovery_cases (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, response_id BIGINT, rule TEXT NOT NULL,
  survey_id BIGINT NOT NULL, customer_id BIGINT,
  stage TEXT NOT NULL CHECK (stage IN ('open', 'contacted', 'resolved', 'verified', 'closed')),
  owner_id BIGINT, queue TEXT, due_at BIGINT NOT NULL, opened_at BIGINT NOT NULL,
  round BIGINT NOT NULL,
  escalation BIGINT NOT NULL, cause TEXT, remedy TEXT, resolution_note TEXT, resolved_at BIGINT,
  closure_reason TEXT, closure_note TEXT, ended_at BIGINT, verdict_token_hash TEXT, reply_id BIGINT,
  UNIQUE (response_id, rule), CHECK (owner_id IS NOT NULL OR queue IS NOT NULL));
CREATE TABLE relay_alarms (
  relay TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, failures BIGINT NOT NULL,
  raised_at BIGINT NOT NULL, stopped_until BIGINT NOT NULL);
CREATE TABLE replies (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, customer_id BIGINT NOT NULL,
  invitation_id BIGINT, survey_id BIGINT, response_id BIGINT, sender TEXT, subject TEXT NOT NULL,
  said TEXT NOT NULL, original TEXT NOT NULL, is_proven BOOLEAN NOT NULL,
  follow_up BOOLEAN NOT NULL, received_at BIGINT NOT NULL);
CREATE TABLE response_marks (
  response_id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, read_at BIGINT, read_by BIGINT, done_at BIGINT,
  done_by BIGINT, owner_id BIGINT);
CREATE VIRTUAL TABLE "response_search" USING fts5(
  account_id UNINDEXED, words, tokenize = 'ascii', detail = none, columnsize = 0);
CREATE TABLE response_segments (
  response_id BIGINT NOT NULL, name TEXT NOT NULL, account_id BIGINT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (response_id, name)) WITHOUT ROWID;
CREATE TABLE response_tag_names (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE TABLE response_tags (
  response_id BIGINT NOT NULL, tag_id BIGINT NOT NULL, account_id BIGINT NOT NULL,
  PRIMARY KEY (response_id, tag_id)) WITHOUT ROWID;
CREATE TABLE response_views (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, member_id BIGINT NOT NULL, name TEXT NOT NULL,
  query TEXT NOT NULL, shared BOOLEAN NOT NULL, created_at BIGINT NOT NULL);
CREATE TABLE responses (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, survey_version BIGINT NOT NULL,
  customer_id BIGINT, touchpoint TEXT, channel TEXT NOT NULL, agent TEXT, language TEXT, comment TEXT,
  source TEXT NOT NULL CHECK (source IN ('page', 'api', 'bulk', 'import', 'sample')),
  follow_up BOOLEAN NOT NULL, occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
CREATE TABLE score_day_settings (
  account_id INTEGER PRIMARY KEY, time_zone TEXT NOT NULL, dimensions TEXT NOT NULL);
CREATE TABLE score_days (
  account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, dimension TEXT NOT NULL, value TEXT NOT NULL,
  day BIGINT NOT NULL, raw BIGINT NOT NULL, responses BIGINT NOT NULL,
  PRIMARY KEY (account_id, survey_id, dimension, value, day, raw)) WITHOUT ROWID;
CREATE TABLE score_spans (
  account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, dimension TEXT NOT NULL,
  grain TEXT NOT NULL CHECK (grain IN ('week', 'month')), value TEXT NOT NULL,
  start_day BIGINT NOT NULL,
  n0 BIGINT NOT NULL, n1 BIGINT NOT NULL, n2 BIGINT NOT NULL, n3 BIGINT NOT NULL, n4 BIGINT NOT NULL,
  n5 BIGINT NOT NULL, n6 BIGINT NOT NULL, n7 BIGINT NOT NULL, n8 BIGINT NOT NULL, n9 BIGINT NOT NULL,
  n10 BIGINT NOT NULL, n11 BIGINT NOT NULL, n12 BIGINT NOT NULL, n13 BIGINT NOT NULL,
  n14 BIGINT NOT NULL, n15 BIGINT NOT NULL, n16 BIGINT NOT NULL, n17 BIGINT NOT NULL,
  n18 BIGINT NOT NULL, n19 BIGINT NOT NULL, n20 BIGINT NOT NULL,
  PRIMARY KEY (account_id, survey_id, dimension, grain, value, start_day)) WITHOUT ROWID;
CREATE TABLE scores (
  response_id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL, scale TEXT NOT NULL,
  raw BIGINT NOT NULL, band TEXT NOT NULL CHECK (band IN ('promoter', 'passive', 'detractor',
  'unassigned',
    'satisfied', 'neutral', 'dissatisfied')),
  occurred_at BIGINT NOT NULL);
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY, member_id BIGINT NOT NULL REFERENCES members (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id), csrf_token TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);
CREATE TABLE setup_links (token_hash TEXT NOT NULL PRIMARY KEY, created_at BIGINT NOT NULL);
CREATE TABLE sign_in_failures (
  subject TEXT NOT NULL, failures BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
  PRIMARY KEY (subject)) WITHOUT ROWID;
CREATE TABLE survey_versions (
  survey_id BIGINT NOT NULL REFERENCES surveys (id), version BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  definition TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (survey_id,
  version)) WITHOUT ROWID;
CREATE TABLE surveys (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES accounts (id), slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, metric TEXT NOT NULL CHECK (metric IN ('nps', 'csat', 'ces')),
  scale TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('strict', 'weighted')),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')), version BIGINT NOT NULL,
  sample BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE unsealed_events (
  account_id BIGINT NOT NULL, id BIGINT NOT NULL, kind TEXT NOT NULL, subject_id BIGINT NOT NULL,
  customer_id BIGINT, actor TEXT NOT NULL, payload TEXT NOT NULL, happened_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)) WITHOUT ROWID;
CREATE TABLE wave_skips (
  wave_id BIGINT NOT NULL REFERENCES waves (id), agent TEXT NOT NULL, reason TEXT NOT NULL,
  account_id BIGINT NOT NULL, people BIGINT NOT NULL,
  PRIMARY KEY (wave_id, agent, reason)) WITHOUT ROWID;
CREATE TABLE waves (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, survey_id BIGINT NOT NULL REFERENCES surveys (id),
  channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')), planned_by TEXT NOT NULL,
  send_at BIGINT NOT NULL, skipped TEXT NOT NULL, created_at BIGINT NOT NULL, rule_id BIGINT, rule_version BIGINT, rule_day BIGINT, touchpoint TEXT, unhappy_eligible BIGINT, unhappy_invited BIGINT, style TEXT CHECK (style IN ('neutral', 'coloured', 'both')), agent TEXT, reason TEXT);
CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, webhook_id BIGINT NOT NULL, event_id BIGINT NOT NULL,
  position BIGINT, kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, last_outcome TEXT, last_status BIGINT,
  last_reason TEXT, last_tried_at BIGINT, created_at BIGINT NOT NULL);
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY, account_id BIGINT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
  disabled_because TEXT CHECK (disabled_because IN ('gone', 'failing')),
  secret TEXT NOT NULL, secret_made_at BIGINT NOT NULL,
  old_secret TEXT, old_secret_until BIGINT, created_at BIGINT NOT NULL,
  failures BIGINT NOT NULL, failing_since BIGINT, resting_until BIGINT,
  last_outcome TEXT, last_status BIGINT, last_reason TEXT, last_tried_at BIGINT,
  last_delivered_at BIGINT, turn_at BIGINT, claim_id BIGINT);
CREATE INDEX alert_rules_by_account ON alert_rules (account_id, id);
CREATE INDEX alerts_by_lease ON alerts (leased_until) WHERE state = 'sending';
CREATE UNIQUE INDEX alerts_by_response
ON alerts (account_id, response_id, rule_id, recipient_id);
CREATE INDEX alerts_by_rule ON alerts (rule_id, id);
CREATE INDEX alerts_by_turn ON alerts (send_at, id) WHERE state = 'planned';
CREATE INDEX api_tokens_by_account ON api_tokens (account_id, id);
CREATE INDEX ask_rule_versions_by_survey ON ask_rule_versions (account_id, survey_id, created_at);
CREATE INDEX ask_rules_by_account ON ask_rules (account_id, id);
CREATE INDEX ask_rules_by_event ON ask_rules (account_id, event);
CREATE INDEX ask_rules_by_survey ON ask_rules (survey_id);
CREATE INDEX case_contacts_by_case ON case_contacts (case_id, id);
CREATE INDEX case_verdicts_by_case ON case_verdicts (case_id, id);
CREATE INDEX contact_points_by_customer ON contact_points (customer_id);
CREATE UNIQUE INDEX contact_points_by_value ON contact_points (account_id, kind, value);
CREATE INDEX customer_events_by_customer ON customer_events (account_id, customer_id, name,
occurred_at);
CREATE INDEX customer_events_by_name ON customer_events (account_id, name, recorded_at);
CREATE INDEX customers_by_account ON customers (account_id, id);
CREATE UNIQUE INDEX customers_by_external_id ON customers (account_id, external_id)
WHERE external_id IS NOT NULL;
CREATE INDEX events_by_customer ON events (account_id, customer_id,
position) WHERE customer_id IS NOT NULL;
CREATE INDEX events_by_subject ON events (account_id, subject_id, position);
CREATE INDEX exclusions_by_customer ON exclusions (account_id, customer_id);
CREATE INDEX exclusions_by_rule ON exclusions (rule_id) WHERE rule_id IS NOT NULL;
CREATE INDEX exclusions_by_survey ON exclusions (account_id, survey_id, created_at);
CREATE INDEX exclusions_by_wave ON exclusions (wave_id) WHERE wave_id IS NOT NULL;
CREATE INDEX invitation_intents_by_invitation ON invitation_intents (invitation_id, happened_at);
CREATE INDEX invitation_intents_by_survey
ON invitation_intents (account_id, survey_id, kind, happened_at, machine);
CREATE UNIQUE INDEX invitations_by_customer ON invitations (account_id, customer_id, wave_id,
reminder) WHERE customer_id IS NOT NULL;
CREATE INDEX invitations_by_lease ON invitations (leased_until) WHERE state = 'sending';
CREATE INDEX invitations_by_survey ON invitations (account_id, survey_id, settled_at, response_id)
WHERE state = 'sent' AND reminder = 0;
CREATE INDEX invitations_by_turn ON invitations (send_at, id) WHERE state = 'planned';
CREATE INDEX invitations_by_wave ON invitations (wave_id, state);
CREATE UNIQUE INDEX jobs_by_key ON jobs (account_id, kind, unique_key);
CREATE INDEX jobs_by_turn ON jobs (state, run_at);
CREATE INDEX mailbox_messages_by_account ON mailbox_messages (account_id, id);
CREATE INDEX mailbox_messages_by_address ON mailbox_messages (account_id, address);
CREATE INDEX member_invitations_by_account ON member_invitations (account_id, id);
CREATE INDEX memberships_by_member ON memberships (member_id);
CREATE UNIQUE INDEX notices_by_case
ON notices (account_id, case_id, kind, occasion, recipient_id);
CREATE INDEX notices_by_lease ON notices (leased_until) WHERE state = 'sending';
CREATE INDEX notices_by_recipient ON notices (account_id, recipient_id);
CREATE INDEX notices_by_turn ON notices (send_at, id) WHERE state = 'planned';
CREATE UNIQUE INDEX notices_by_webhook
ON notices (account_id, webhook_id, kind, occasion, recipient_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX provisional_scores_by_due ON provisional_scores (due_at, invitation_id);
CREATE INDEX provisional_scores_by_survey ON provisional_scores (account_id, survey_id);
CREATE INDEX received_mails_by_contact_point ON received_mails (contact_point_id, received_at)
WHERE contact_point_id IS NOT NULL;
CREATE INDEX received_mails_by_customer ON received_mails (customer_id)
WHERE customer_id IS NOT NULL;
CREATE UNIQUE INDEX received_mails_by_digest ON received_mails (account_id, digest);
CREATE INDEX received_mails_by_time ON received_mails (account_id, received_at);
CREATE INDEX receiving_domains_by_next ON receiving_domains (next_at);
CREATE INDEX recovery_cases_by_account ON recovery_cases (account_id, id);
CREATE INDEX recovery_cases_by_customer ON recovery_cases (account_id, customer_id)
WHERE customer_id IS NOT NULL;
CREATE INDEX recovery_cases_by_due ON recovery_cases (account_id, stage, due_at);
CREATE UNIQUE INDEX recovery_cases_by_reply ON recovery_cases (reply_id)
WHERE reply_id IS NOT NULL;
CREATE UNIQUE INDEX recovery_cases_by_verdict_token ON recovery_cases (verdict_token_hash)
WHERE verdict_token_hash IS NOT NULL;
CREATE INDEX replies_by_customer ON replies (customer_id, id);
CREATE INDEX response_marks_by_owner ON response_marks (account_id, owner_id, response_id)
WHERE owner_id IS NOT NULL;
CREATE UNIQUE INDEX response_tag_names_by_folded ON response_tag_names (account_id, folded);
CREATE INDEX response_tags_by_tag ON response_tags (account_id, tag_id, response_id);
CREATE UNIQUE INDEX response_views_by_name ON response_views (account_id, member_id, name);
CREATE INDEX responses_by_customer ON responses (account_id, customer_id,
id) WHERE customer_id IS NOT NULL;
CREATE INDEX scores_by_account ON scores (account_id, occurred_at, response_id);
CREATE INDEX scores_by_time ON scores (account_id, survey_id, occurred_at, response_id);
CREATE INDEX sessions_by_member ON sessions (member_id);
CREATE INDEX surveys_by_account ON surveys (account_id, id);
CREATE INDEX waves_by_account ON waves (account_id, id);
CREATE UNIQUE INDEX waves_by_rule ON waves (rule_id, rule_version, rule_day)
WHERE rule_id IS NOT NULL;
CREATE INDEX waves_by_survey ON waves (survey_id, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
CREATE UNIQUE INDEX webhook_deliveries_by_event ON webhook_deliveries (webhook_id, event_id);
CREATE INDEX webhook_deliveries_by_log ON webhook_deliveries (account_id, webhook_id, id);
CREATE INDEX webhook_deliveries_by_turn ON webhook_deliveries (webhook_id, next_at)
WHERE state = 'pending';
CREATE INDEX webhooks_by_account ON webhooks (account_id, id);
CREATE INDEX webhooks_by_turn ON webhooks (turn_at) WHERE turn_at IS NOT NULL;
