-- A second shop in the same database; run as the owner, whom the policy of tenants passes by.
INSERT INTO tenants (slug, name)
VALUES ('harbour', 'Harbour')
RETURNING id;
