-- Rows that witness what may be NULL.

INSERT INTO "LiteLLM_BudgetTable" (budget_id, max_budget, created_by, updated_by) VALUES ('b', 100, 'x', 'x'), ('open', NULL, 'x', 'x');
INSERT INTO "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id, created_by, updated_by) VALUES ('a', 'org', 'b', 'x', 'x'), ('o2', 'other', 'open', 'x', 'x');
INSERT INTO "LiteLLM_UserTable" (user_id, user_alias, organization_id, teams, user_role, max_budget, spend, user_email, models)
VALUES
    ('a', 'ann', 'a', '{a,gone}', 'admin', 10, 20, 'ann', '{gpt}'),
    ('x', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL),
    ('idle', NULL, 'a', '{}', 'user', NULL, 0, 'a', '{}');
UPDATE "LiteLLM_UserTable" SET created_at = NULL WHERE user_id = 'x';
INSERT INTO "LiteLLM_ModelTable" (id, aliases, created_by, updated_by) VALUES (1, '{"fast": "gpt"}', 'x', 'x'), (2, NULL, 'x', 'x');
INSERT INTO "LiteLLM_TeamTable" (team_id, team_alias, organization_id, admins, spend, max_budget, model_id)
VALUES ('a', 'ann', 'a', '{a,x}', 5, 50, 1), ('x', NULL, NULL, NULL, 0, NULL, NULL), ('t3', NULL, 'o2', '{}', 1, 1, 2);
INSERT INTO "LiteLLM_TeamMembership" (user_id, team_id, spend, budget_id) VALUES ('a', 'a', 1, 'b'), ('x', 'a', 0, NULL);
INSERT INTO "LiteLLM_OrganizationMembership" (user_id, organization_id, user_role, spend) VALUES ('a', 'a', 'admin', NULL), ('x', 'a', NULL, 2);
INSERT INTO "LiteLLM_VerificationToken" (token, key_alias, user_id, team_id, budget_id, expires, models, metadata, blocked)
VALUES
    ('a', 'key', 'a', 'a', 'b', '2030-01-01', '{gpt,claude}', '{"tags": ["x"], "owner": {"name": "ann"}}', false),
    ('x', NULL, NULL, NULL, NULL, NULL, '{}', '{}', NULL),
    ('ann', 'lost', 'nobody', 'x', 'open', '2020-01-01', NULL, '{"owner": null}', true);
INSERT INTO "LiteLLM_EndUserTable" (user_id, alias, budget_id, blocked) VALUES ('a', 'e', 'b', true), ('x', NULL, NULL, false);
INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, "startTime", "endTime", "completionStartTime", model, "user", team_id, end_user, request_tags, request_duration_ms)
VALUES
    ('a', 'chat', 'a', 1, '2024-01-01 10:00', '2024-01-01 10:00:05', '2024-01-01 10:00:01', 'gpt', 'a', 'a', 'a', '["x", "y"]', 5000),
    ('x', 'chat', 'a', 2, '2024-01-02', '2024-01-02', NULL, 'gpt', NULL, NULL, NULL, NULL, NULL),
    ('r3', 'embed', 'gone', 0, '2024-01-02', '2024-01-02 00:00:01', NULL, 'other', 'x', 'x', 'z', '[]', 1);
INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, "startTime", "endTime", model) VALUES ('r4', 'chat', 'x', 0, '2024-01-03', '2024-01-03', 'new');
INSERT INTO "LiteLLM_DailyUserSpend" (id, user_id, date, api_key, model, spend, api_requests, updated_at)
VALUES ('1', 'a', '2024-01-01', 'a', 'gpt', 1, 2, now()), ('2', NULL, '2024-01-01', 'a', NULL, 2, 1, now()), ('3', 'a', '2024-01-02', 'a', 'gpt', 0, 0, now());
INSERT INTO "LiteLLM_CronJob" (cronjob_id, pod_id, status, ttl) VALUES ('a', 'p', 'ACTIVE', now() + interval '1 day'), ('x', 'p', 'INACTIVE', now());
INSERT INTO "LiteLLM_AuditLog" (id, action, table_name, object_id, before_value, updated_values)
VALUES ('a', 'created', 't', 'a', NULL, '{"k": 1}'), ('x', 'deleted', 't', 'a', '{"k": 1}', NULL);
INSERT INTO "LiteLLM_HealthCheckTable" (health_check_id, model_name, status, response_time_ms, updated_at)
VALUES ('1', 'gpt', 'healthy', 10, now()), ('2', 'gpt', 'unhealthy', NULL, now()), ('3', 'other', 'unhealthy', NULL, now());
INSERT INTO "LiteLLM_InvitationLink" (id, user_id, expires_at, created_at, created_by, updated_at, updated_by, accepted_at)
VALUES ('a', 'a', now(), now(), 'a', now(), 'a', NULL), ('x', 'x', now(), now(), 'a', now(), 'a', now());
