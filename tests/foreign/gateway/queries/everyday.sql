-- What a gateway asks of its keys, teams and budgets.

-- name: key(token)^
-- A key with its budget and its team, of which it may have neither.
-- Columns: token!, key_alias?, user_id?, team_alias?, max_budget?, expires?, is_blocked!
-- Parameters: token!
SELECT
    v.token,
    v.key_alias,
    v.user_id,
    t.team_alias,
    b.max_budget,
    v.expires,
    coalesce(v.blocked, false) AS is_blocked
FROM "LiteLLM_VerificationToken" AS v
LEFT JOIN "LiteLLM_TeamTable" AS t ON t.team_id = v.team_id
LEFT JOIN "LiteLLM_BudgetTable" AS b ON b.budget_id = v.budget_id
WHERE v.token = :token;

-- name: spend_by_model(since)
-- Sums of groups that have a row each.
-- Columns: model!, requests!, spend!, last!, mean_ms?
-- Parameters: since!
-- Try: since = 2023-01-01
SELECT
    model,
    count(*) AS requests,
    sum(spend) AS spend,
    max("endTime") AS last,
    avg(request_duration_ms) AS mean_ms
FROM "LiteLLM_SpendLogs"
WHERE "startTime" >= :since
GROUP BY model;

-- name: add_user(user_id, email, role, models)<!
-- Defaults where nothing is given.
-- Columns: user_id!, user_email?, user_role?, spend!, teams!, created_at!
-- Parameters: user_id!, email?, role?, models?
INSERT INTO "LiteLLM_UserTable" (user_id, user_email, user_role, models)
VALUES (:user_id, :email, :role, :models)
RETURNING user_id, user_email, user_role, spend, teams, created_at;

-- name: set_budget(budget_id, max_budget, duration)
-- None takes a limit away; a duration of None keeps it.
-- Columns: budget_id!, max_budget?, budget_duration?, created_at!
-- Parameters: budget_id!, max_budget?, duration?
-- Try: budget_id = b
UPDATE "LiteLLM_BudgetTable"
SET max_budget = :max_budget, budget_duration = coalesce(:duration, budget_duration), updated_at = now()
WHERE budget_id = :budget_id
RETURNING budget_id, max_budget, budget_duration, created_at;

-- name: users_over_budget()
-- A comparison takes away who has no budget.
-- Columns: user_id!, user_alias?, max_budget!, spend!, over!
-- Data: INSERT INTO "LiteLLM_UserTable" (user_id, max_budget, spend) VALUES ('z', 1, 2);
SELECT user_id, user_alias, max_budget, spend, spend - max_budget AS over
FROM "LiteLLM_UserTable"
WHERE spend > max_budget;

-- name: members(team_id)
-- A member, and the user if there is one.
-- Columns: user_id!, email?, spend!, budget?
-- Parameters: team_id!
SELECT m.user_id, u.user_email AS email, m.spend, b.max_budget AS budget
FROM "LiteLLM_TeamMembership" AS m
LEFT JOIN "LiteLLM_UserTable" AS u USING (user_id)
LEFT JOIN "LiteLLM_BudgetTable" AS b USING (budget_id)
WHERE m.team_id = :team_id;

-- name: active_jobs(now)
-- An enum with a name of mixed case.
-- Columns: cronjob_id!, status!, ttl!
-- Parameters: now!
SELECT cronjob_id, status, ttl FROM "LiteLLM_CronJob" WHERE status = 'ACTIVE' AND ttl > :now;

-- name: start_job(job, pod, ttl)<!
-- Taken over when it was there.
-- Columns: cronjob_id!, status!, last_updated!
-- Parameters: job!, pod!, ttl!
INSERT INTO "LiteLLM_CronJob" AS j (cronjob_id, pod_id, status, ttl)
VALUES (:job, :pod, 'ACTIVE', :ttl)
ON CONFLICT (cronjob_id) DO UPDATE SET status = excluded.status, pod_id = excluded.pod_id, ttl = excluded.ttl
RETURNING j.cronjob_id, j.status, j.last_updated;

-- name: keys_of_teams(teams)
-- Keys in a list of teams, by an array.
-- Columns: token!, team_id!, first_model?, models!
-- Parameters: teams!
-- Try: teams = {a,x}
SELECT token, team_id, models[1] AS first_model, cardinality(coalesce(models, '{}')) AS models
FROM "LiteLLM_VerificationToken"
WHERE team_id = ANY(:teams);

-- name: log_change(id, action, object_id, before, after)!
-- A row of the audit: both documents may be missing.
-- Parameters: id!, action!, object_id!, before?, after?
INSERT INTO "LiteLLM_AuditLog" (id, action, table_name, object_id, before_value, updated_values)
VALUES (:id, :action, 'x', :object_id, :before, :after);
