-- Windows, deletions, and options.

-- name: running_spend(api_key)
-- A running total of a column that is never NULL, and the row before; a total of nothing has no shares.
-- Columns: request_id!, spend!, total!, before?, share?
-- Parameters: api_key!
SELECT
    request_id,
    spend,
    sum(spend) OVER w AS total,
    lag(spend) OVER w AS before,
    spend / nullif(sum(spend) OVER (), 0) AS share
FROM "LiteLLM_SpendLogs"
WHERE api_key = :api_key
WINDOW w AS (ORDER BY "startTime", request_id);

-- name: search_logs(user, model, max_rows)
-- Filters that None switches off.
-- Columns: request_id!, user?, model!, tags?
-- Parameters: user?, model?, max_rows! by-rule
SELECT request_id, "user", model, request_tags AS tags
FROM "LiteLLM_SpendLogs"
WHERE (:user::text IS NULL OR "user" = :user) AND model = coalesce(:model, model)
ORDER BY "startTime" DESC
LIMIT :max_rows;

-- name: tags_of_logs()
-- Members of documents: none where the document is none.
-- Columns: request_id!, tag?, tags!
SELECT l.request_id, t.tag, coalesce(l.request_tags, '[]') AS tags
FROM "LiteLLM_SpendLogs" AS l
LEFT JOIN LATERAL jsonb_array_elements_text(l.request_tags) AS t (tag) ON t.tag <> 'y';

-- name: expire_keys(now)
-- Deleted keys: those had a day, says the comparison.
-- Columns: token!, expires!, team_id?
-- Parameters: now!
-- Data: INSERT INTO "LiteLLM_VerificationToken" (token, expires) VALUES ('z', '2020-01-01');
DELETE FROM "LiteLLM_VerificationToken" WHERE expires < :now RETURNING token, expires, team_id;

-- name: organization_of_user(user_id)$
-- A scalar subquery may find nothing.
-- Columns: organization?
-- Parameters: user_id! by-rule
SELECT (
    SELECT o.organization_alias
    FROM "LiteLLM_OrganizationTable" AS o
    JOIN "LiteLLM_OrganizationMembership" AS m ON m.organization_id = o.organization_id
    WHERE m.user_id = :user_id
) AS organization;

-- name: is_member(user_id, team_id)$
-- A question has an answer.
-- Columns: found!
-- Parameters: user_id! by-rule, team_id! by-rule
SELECT EXISTS (
    SELECT FROM "LiteLLM_TeamMembership" WHERE user_id = :user_id AND team_id = :team_id
) AS found;

-- name: top_users()
-- The first of each group, by a subquery to the side.
-- Columns: organization_id!, user_id?, spend?
SELECT o.organization_id, top.user_id, top.spend
FROM "LiteLLM_OrganizationTable" AS o
LEFT JOIN LATERAL (
    SELECT u.user_id, u.spend
    FROM "LiteLLM_UserTable" AS u
    WHERE u.organization_id = o.organization_id
    ORDER BY u.spend DESC
    LIMIT 1
) AS top ON true;

-- name: move_spend(team_id)
-- A write and a read in one statement.
-- Columns: team_id!, old_spend!, team_alias?, organization?
-- Parameters: team_id!
WITH old AS (
    SELECT team_id, spend FROM "LiteLLM_TeamTable" WHERE team_id = :team_id FOR UPDATE
),
reset AS (
    UPDATE "LiteLLM_TeamTable" AS t SET spend = 0 FROM old WHERE old.team_id = t.team_id
    RETURNING t.team_id, t.team_alias, t.organization_id, old.spend AS old_spend
)
SELECT r.team_id, r.old_spend, r.team_alias, o.organization_alias AS organization
FROM reset AS r
LEFT JOIN "LiteLLM_OrganizationTable" AS o ON o.organization_id = r.organization_id;

-- name: models_of_teams()
-- An inner join by a foreign key that may be NULL: what is left has one.
-- Columns: team_id!, model_id!, aliases?, fast?
SELECT t.team_id, t.model_id, m.aliases, m.aliases ->> 'fast' AS fast
FROM "LiteLLM_TeamTable" AS t
JOIN "LiteLLM_ModelTable" AS m ON m.id = t.model_id;

-- name: invitations(accepted)
-- A test for NULL by a parameter that says which.
-- Columns: id!, accepted_at?, user_email?, expired!
-- Parameters: accepted!
SELECT i.id, i.accepted_at, u.user_email, i.expires_at < now() AS expired
FROM "LiteLLM_InvitationLink" AS i
JOIN "LiteLLM_UserTable" AS u ON u.user_id = i.user_id
WHERE (i.accepted_at IS NOT NULL) = :accepted;
