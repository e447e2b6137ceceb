-- Quoted names, reserved words, and what they are joined to.

-- name: logs_and_users()
-- A column that is called user, and the users.
-- Columns: request_id!, user?, alias?, started!, first_token?, waited?
SELECT
    l.request_id,
    l."user",
    u.user_alias AS alias,
    l."startTime" AS started,
    l."completionStartTime" AS first_token,
    l."completionStartTime" - l."startTime" AS waited
FROM "LiteLLM_SpendLogs" AS l
LEFT JOIN "LiteLLM_UserTable" AS u ON u.user_id = l."user";

-- name: keys_or_logs()
-- A full join by USING: the merged column has what either side has.
-- Columns: api_key!, key_alias?, spend?
SELECT api_key, k.key_alias, l.spend
FROM (SELECT token AS api_key, key_alias FROM "LiteLLM_VerificationToken") AS k
FULL JOIN "LiteLLM_SpendLogs" AS l USING (api_key);

-- name: teams_with_admins()
-- Elements of arrays: no row where there are none.
-- Columns: team_id!, admin?, place!
-- Data: INSERT INTO "LiteLLM_TeamTable" (team_id, admins) VALUES ('x', '{NULL}');
SELECT t.team_id, a.admin, a.place
FROM "LiteLLM_TeamTable" AS t
CROSS JOIN LATERAL unnest(t.admins) WITH ORDINALITY AS a (admin, place);

-- name: teams_and_any_admin()
-- The same by an outer join: a row where there are none.
-- Columns: team_id!, admin?, place?
SELECT t.team_id, a.admin, a.place
FROM "LiteLLM_TeamTable" AS t
LEFT JOIN LATERAL unnest(t.admins) WITH ORDINALITY AS a (admin, place) ON true;

-- name: owners()
-- Paths into documents.
-- Columns: token!, owner?, tags!, has_owner!, metadata!
SELECT
    token,
    metadata #>> '{owner,name}' AS owner,
    coalesce(jsonb_array_length(metadata -> 'tags'), 0) AS tags,
    metadata ? 'owner' AS has_owner,
    metadata
FROM "LiteLLM_VerificationToken";

-- name: daily_spend()
-- ROLLUP has a row for each day and one for all, also for all of nothing.
-- Columns: date?, model?, spend?, requests?
SELECT date, model, sum(spend) AS spend, sum(api_requests) AS requests
FROM "LiteLLM_DailyUserSpend"
GROUP BY ROLLUP (date, model);

-- name: healthy_times()
-- An aggregate that is filtered.
-- Columns: model_name!, checks!, healthy!, mean_ms?, last_status!
SELECT
    model_name,
    count(*) AS checks,
    count(*) FILTER (WHERE status = 'healthy') AS healthy,
    avg(response_time_ms) FILTER (WHERE status = 'healthy') AS mean_ms,
    max(status) AS last_status
FROM "LiteLLM_HealthCheckTable"
GROUP BY model_name;

-- name: everybody()
-- Three tables in one list.
-- Columns: kind!, id!, alias?, budget_id?
SELECT 'end user' AS kind, user_id AS id, alias, budget_id FROM "LiteLLM_EndUserTable"
UNION ALL
SELECT 'team', team_id, team_alias, NULL FROM "LiteLLM_TeamTable"
UNION ALL
SELECT 'organization', organization_id, organization_alias, budget_id FROM "LiteLLM_OrganizationTable";

-- name: budget_chain(user_id)
-- The first budget that there is: none, perhaps, but for the last word.
-- Columns: user_id!, budget?, budget_or_zero!, source!
-- Parameters: user_id!
SELECT
    u.user_id,
    coalesce(u.max_budget, ob.max_budget) AS budget,
    coalesce(u.max_budget, ob.max_budget, 0) AS budget_or_zero,
    CASE WHEN u.max_budget IS NOT NULL THEN 'user' WHEN ob.max_budget IS NOT NULL THEN 'organization' ELSE 'none' END AS source
FROM "LiteLLM_UserTable" AS u
LEFT JOIN "LiteLLM_OrganizationTable" AS o ON o.organization_id = u.organization_id
LEFT JOIN "LiteLLM_BudgetTable" AS ob ON ob.budget_id = o.budget_id
WHERE u.user_id = :user_id;

-- name: block_keys(team_id)
-- An update by a join, and what it returns of both.
-- Columns: token!, blocked!, team_alias?, max_budget?
-- Parameters: team_id!
UPDATE "LiteLLM_VerificationToken" AS v
SET blocked = true
FROM "LiteLLM_TeamTable" AS t
WHERE t.team_id = v.team_id AND v.team_id = :team_id
RETURNING v.token, v.blocked, t.team_alias, t.max_budget;
