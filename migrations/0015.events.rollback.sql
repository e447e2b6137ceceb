-- Drops the events, with all partitions, and what was counted of them.
SET LOCAL lock_timeout = '2s';

DROP TABLE events_hourly;

DROP TABLE events_changed_hours;

DROP TABLE events;

DROP FUNCTION events_note_hours();
