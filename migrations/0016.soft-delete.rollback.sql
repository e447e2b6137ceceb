-- Drops the view of live users and the guards of deleted ones.
SET LOCAL lock_timeout = '2s';

DROP VIEW active_users;

DROP TRIGGER sessions_moved_to_a_live_user ON sessions;
DROP TRIGGER sessions_opened_for_a_live_user ON sessions;
DROP TRIGGER users_end_with_their_sessions ON users;
DROP TRIGGER users_lock_for_deletion ON users;

DROP FUNCTION app.refuse_live_children();
DROP FUNCTION app.lock_for_deletion();
DROP FUNCTION app.refuse_deleted_parent();
