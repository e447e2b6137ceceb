"""Events of a day: recorded in batches, counted by the hour, late ones too."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from plainsql.config import Config
from plainsql.database import Database
from plainsql.partitions import Report, maintain_setting
from plainsql.tenants import Tenant
from shop.queries import events

KINDS = ("view", "cart", "order")
BATCH = 1000
HOUR = timedelta(hours=1)


def make_partitions(db: Database, config: Config) -> list[Report]:
    """Maintain the partitions of every table that the project names."""
    return [maintain_setting(db, setting) for setting in config.partitions]


def record_day(db: Database | Tenant, *, batches: int) -> datetime:
    """Record events all over today, in UTC and none between three and four, and return when today began."""
    chance = random.Random(7)  # the same demo every time
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    hours = [hour for hour in range(24) if hour != 3]
    for _ in range(batches):
        events.record_events(
            db,
            ats=[today + HOUR * (chance.choice(hours) + chance.random()) for _ in range(BATCH)],
            kinds=[chance.choice(KINDS) for _ in range(BATCH)],
            entity_ids=[chance.randrange(1, 500) for _ in range(BATCH)],
            measures=[Decimal(chance.randrange(1, 100)) for _ in range(BATCH)],
            props=[{}] * BATCH,
        )
    return today


def record_late(db: Database | Tenant, today: datetime) -> None:
    """Record one event of an hour that has been counted."""
    events.record_events(
        db, ats=[today + HOUR * 3.5], kinds=["view"], entity_ids=[1], measures=[Decimal(1)], props=[{"late": True}]
    )


def roll_up(db: Database | Tenant, *, before: datetime) -> int:
    """Count every hour before a moment that has changed since it was counted, and return how many."""
    hours = events.hours_to_roll_up(db, before=before)
    for hour in hours:
        events.rollup_hour(db, bucket=hour.bucket)
    return len(hours)
