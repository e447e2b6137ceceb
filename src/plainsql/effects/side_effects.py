"""
Which functions change something besides their result.

PostgreSQL calls a function volatile also when it merely answers anew each time, like random(). The volatile built-in
functions that change nothing are listed here by name; every other volatile function may write, also one that a newer
server brings. A function of a user's that is called stable or immutable is taken at its word: PostgreSQL refuses
INSERT, UPDATE and DELETE in those written in SQL and PL/pgSQL (manual, 38.7).
"""

from __future__ import annotations

from plainsql.effects.facts import Routine

_CHANGE_NOTHING = frozenset(
    {
        # new values
        "TABLESAMPLE",
        "array_sample",
        "array_shuffle",
        "clock_timestamp",
        "gen_random_uuid",
        "random",
        "random_normal",
        "timeofday",
        "uuidv4",
        "uuidv7",
        # waiting
        "pg_sleep",
        "pg_sleep_for",
        "pg_sleep_until",
        # what this session did before
        "current_query",
        "currval",
        "lastval",
        "currtid2",
        # large objects and files, read
        "lo_get",
        "pg_ls_archive_statusdir",
        "pg_ls_dir",
        "pg_ls_logdir",
        "pg_ls_logicalmapdir",
        "pg_ls_logicalsnapdir",
        "pg_ls_replslotdir",
        "pg_ls_summariesdir",
        "pg_ls_tmpdir",
        "pg_ls_waldir",
        "pg_read_binary_file",
        "pg_read_file",
        "pg_stat_file",
        # the state of the server
        "pg_available_wal_summaries",
        "pg_blocking_pids",
        "pg_collation_actual_version",
        "pg_control_checkpoint",
        "pg_control_init",
        "pg_control_recovery",
        "pg_control_system",
        "pg_current_logfile",
        "pg_database_collation_actual_version",
        "pg_database_size",
        "pg_get_aios",
        "pg_get_backend_memory_contexts",
        "pg_get_loaded_modules",
        "pg_get_multixact_members",
        "pg_get_sequence_data",
        "pg_get_shmem_allocations",
        "pg_get_shmem_allocations_numa",
        "pg_get_wait_events",
        "pg_get_wal_replay_pause_state",
        "pg_get_wal_resource_managers",
        "pg_get_wal_summarizer_state",
        "pg_hba_file_rules",
        "pg_ident_file_mappings",
        "pg_indexes_size",
        "pg_is_in_recovery",
        "pg_jit_available",
        "pg_last_committed_xact",
        "pg_last_wal_receive_lsn",
        "pg_last_wal_replay_lsn",
        "pg_last_xact_replay_timestamp",
        "pg_lock_status",
        "pg_notification_queue_usage",
        "pg_partition_ancestors",
        "pg_partition_tree",
        "pg_prepared_xact",
        "pg_relation_size",
        "pg_replication_origin_progress",
        "pg_safe_snapshot_blocking_pids",
        "pg_sequence_last_value",
        "pg_show_all_file_settings",
        "pg_show_replication_origin_status",
        "pg_stat_get_backend_io",
        "pg_stat_get_backend_wal",
        "pg_stat_get_io",
        "pg_stat_get_recovery_prefetch",
        "pg_stat_get_xact_blocks_fetched",
        "pg_stat_get_xact_blocks_hit",
        "pg_stat_get_xact_function_calls",
        "pg_stat_get_xact_function_self_time",
        "pg_stat_get_xact_function_total_time",
        "pg_stat_get_xact_numscans",
        "pg_stat_get_xact_tuples_deleted",
        "pg_stat_get_xact_tuples_fetched",
        "pg_stat_get_xact_tuples_hot_updated",
        "pg_stat_get_xact_tuples_inserted",
        "pg_stat_get_xact_tuples_newpage_updated",
        "pg_stat_get_xact_tuples_returned",
        "pg_stat_get_xact_tuples_updated",
        "pg_stat_have_stats",
        "pg_table_size",
        "pg_tablespace_size",
        "pg_total_relation_size",
        "pg_wal_summary_contents",
        "pg_xact_commit_timestamp",
        "pg_xact_commit_timestamp_origin",
        "pg_xact_status",
        "txid_status",
    }
)
"""Volatile functions of pg_catalog in PostgreSQL 15 to 18 that a read-only server answers."""

_CHANGE_SOMETHING = frozenset({"pg_current_xact_id", "txid_current"})
"""Stable functions that take a transaction id, which a standby has none of."""

_EXTENSIONS_CHANGE_NOTHING = frozenset(
    {
        ("pgcrypto", "gen_random_bytes"),
        ("pgcrypto", "gen_random_uuid"),
        ("pgcrypto", "gen_salt"),
        ("pgcrypto", "pgp_pub_encrypt"),
        ("pgcrypto", "pgp_pub_encrypt_bytea"),
        ("pgcrypto", "pgp_sym_encrypt"),
        ("pgcrypto", "pgp_sym_encrypt_bytea"),
        ("tablefunc", "normal_rand"),
        ("uuid-ossp", "uuid_generate_v1"),
        ("uuid-ossp", "uuid_generate_v1mc"),
        ("uuid-ossp", "uuid_generate_v4"),
    }
)

_ADVISORY = ("pg_advisory_", "pg_try_advisory_")


def may_write(routine: Routine) -> bool:
    """Return whether a call of *routine* may change something besides its result."""
    if routine.is_builtin:
        if routine.volatility != "v":
            return routine.name in _CHANGE_SOMETHING
        return routine.name not in _CHANGE_NOTHING
    if routine.volatility != "v":
        return False
    return (routine.extension, routine.name.rpartition(".")[2]) not in _EXTENSIONS_CHANGE_NOTHING


def takes_advisory_lock(routine: Routine) -> bool:
    """Return whether *routine* takes an advisory lock or gives one back."""
    return routine.is_builtin and routine.name.startswith(_ADVISORY)
