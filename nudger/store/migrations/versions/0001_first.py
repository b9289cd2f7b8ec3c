"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

moment = sa.DateTime(timezone=True)
sealed = sa.LargeBinary
word = sa.String(32)
serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("serial", serial, nullable=False),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("body", sealed),
        sa.Column("state", word, nullable=False),
        sa.Column("tries", sa.SmallInteger, server_default="0", nullable=False),
        sa.Column("next_try_at", moment, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("serial", name="inbox_pkey"),
        sa.UniqueConstraint("update_id", name="inbox_update_id_key"),
        sa.CheckConstraint("state <> 'waiting' OR body IS NOT NULL", name="inbox_body_check"),
        sa.CheckConstraint(
            "state <> 'handled' OR (body IS NULL AND chat IS NULL)", name="inbox_erased_check"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'handled', 'quarantined')", name="inbox_updatestate_check"
        ),
    )
    op.create_index(
        "inbox_next_try",
        "inbox",
        ["next_try_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("inbox_received", "inbox", ["received_at"])
    op.create_index(
        "inbox_waiting",
        "inbox",
        ["chat", "serial"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("phase", word, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.Column("last_word_at", moment),
        sa.Column("data_key", sealed, nullable=False),
        sa.Column("profile", sealed, nullable=False),
        sa.Column("pace", sa.Text),
        sa.PrimaryKeyConstraint("id", name="person_pkey"),
        sa.UniqueConstraint("chat", name="person_chat_key"),
        sa.CheckConstraint("phase IN ('joining', 'joined', 'gone')", name="person_phase_check"),
    )
    op.create_table(
        "service",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("sealed", sealed),
        sa.PrimaryKeyConstraint("key", name="service_pkey"),
        sa.CheckConstraint("(value IS NULL) <> (sealed IS NULL)", name="service_one_check"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("rung", sa.Text, nullable=False),
        sa.Column("phase", word, nullable=False),
        sa.Column("chosen_at", moment, nullable=False),
        sa.Column("started_at", moment),
        sa.Column("ends_at", moment),
        sa.Column("ask_at", moment),
        sa.Column("over_at", moment),
        sa.Column("even_in_quiet", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("likely", sa.SmallInteger),
        sa.Column("expected", sa.SmallInteger),
        sa.Column("how", word),
        sa.Column("came_true", word),
        sa.Column("peak", sa.SmallInteger),
        sa.Column("words", sealed, nullable=False),
        sa.PrimaryKeyConstraint("id", name="attempt_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="attempt_person_fkey"
        ),
        sa.CheckConstraint("likely BETWEEN 0 AND 100", name="attempt_likely_check"),
        sa.CheckConstraint("expected BETWEEN 0 AND 10", name="attempt_expected_check"),
        sa.CheckConstraint("peak BETWEEN 0 AND 10", name="attempt_peak_check"),
        sa.CheckConstraint(
            "phase <> 'chosen' OR started_at IS NULL", name="attempt_chosen_not_started_check"
        ),
        sa.CheckConstraint(
            "phase <> 'running' OR started_at IS NOT NULL", name="attempt_running_started_check"
        ),
        sa.CheckConstraint(
            "phase <> 'over' OR over_at IS NOT NULL", name="attempt_over_ended_check"
        ),
        sa.CheckConstraint(
            "phase NOT IN ('chosen', 'running') OR over_at IS NULL",
            name="attempt_under_way_not_over_check",
        ),
        sa.CheckConstraint(
            "phase IN ('chosen', 'running', 'over', 'dropped')", name="attempt_phase_check"
        ),
        sa.CheckConstraint(
            "how IN ('waited', 'broke_off', 'other', 'unsafe')", name="attempt_howitwent_check"
        ),
        sa.CheckConstraint(
            "came_true IN ('no', 'a_little', 'yes', 'unknown')", name="attempt_cametrue_check"
        ),
    )
    op.create_index(
        "attempt_one_under_way",
        "attempt",
        ["person"],
        unique=True,
        sqlite_where=sa.text("phase IN ('chosen', 'running')"),
        postgresql_where=sa.text("phase IN ('chosen', 'running')"),
    )
    op.create_index("attempt_person", "attempt", ["person", "chosen_at"])
    op.create_table(
        "dialogue",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sealed, nullable=False),
        sa.Column("status", word, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("last_word_at", moment, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="dialogue_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="dialogue_person_fkey"
        ),
        sa.CheckConstraint(
            "status IN ('open', 'parked', 'closed')", name="dialogue_dialoguestatus_check"
        ),
    )
    op.create_index(
        "dialogue_one_open",
        "dialogue",
        ["person"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("dialogue_person", "dialogue", ["person"])
    op.create_table(
        "event",
        sa.Column("serial", serial, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("outcome", word, nullable=False),
        sa.Column("rung", sa.Text),
        sa.Column("value", sa.Float),
        sa.Column("came_true", sa.Boolean, nullable=False),
        sa.Column("quick", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="event_pkey"),
        sa.UniqueConstraint("person", "id", name="event_person_id_key"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="event_person_fkey"
        ),
        sa.CheckConstraint("value BETWEEN 0 AND 10", name="event_value_check"),
        sa.CheckConstraint(
            "outcome IN ('rated', 'done', 'broke_off', 'too_easy', 'too_hard', 'declined_too_hard', 'bad_time', 'not_for_me', 'just_no', 'answered', 'silent', 'unsafe', 'resumed')",
            name="event_outcome_check",
        ),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("words", sealed, nullable=False),
        sa.PrimaryKeyConstraint("id", name="note_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="note_person_fkey"
        ),
    )
    op.create_index("note_person", "note", ["person", "at"])
    op.create_table(
        "nudge",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("lane", word, nullable=False),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("useful_until", moment, nullable=False),
        sa.Column("state", word, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("follow_up", word),
        sa.Column("follows", sa.Text),
        sa.Column("fence", sa.Integer, server_default="0", nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("lease_until", moment),
        sa.Column("sent_at", moment),
        sa.Column("sent_again", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("silence_counted", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("delivered_at", moment),
        sa.Column("answered_at", moment),
        sa.PrimaryKeyConstraint("id", name="nudge_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="nudge_person_fkey"
        ),
        sa.CheckConstraint("due_at <= useful_until", name="nudge_useful_check"),
        sa.CheckConstraint(
            "(lane = 'follow_up') = (follow_up IS NOT NULL)", name="nudge_follow_up_lane_check"
        ),
        sa.CheckConstraint("(follow_up IS NULL) = (follows IS NULL)", name="nudge_follows_check"),
        sa.CheckConstraint(
            "(state IN ('claimed', 'sending')) = (claimed_by IS NOT NULL)",
            name="nudge_held_by_check",
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (lease_until IS NULL)", name="nudge_held_until_check"
        ),
        sa.CheckConstraint(
            "state NOT IN ('sending', 'delivered', 'refused', 'unknown') OR sent_at IS NOT NULL",
            name="nudge_sent_check",
        ),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)", name="nudge_delivered_check"
        ),
        sa.CheckConstraint("message IS NULL OR state = 'delivered'", name="nudge_message_check"),
        sa.CheckConstraint(
            "answered_at IS NULL OR state = 'delivered'", name="nudge_answered_check"
        ),
        sa.CheckConstraint(
            "lane IN ('challenge', 'kindness', 'insight', 'review', 'follow_up')",
            name="nudge_lane_check",
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'claimed', 'sending', 'delivered', 'skipped', 'cancelled', 'expired', 'refused', 'unknown')",
            name="nudge_state_check",
        ),
        sa.CheckConstraint(
            "follow_up IN ('attempt_end', 'reflection', 'steps_again', 'writing_less', 'farewell')",
            name="nudge_followup_check",
        ),
    )
    op.create_index(
        "nudge_due",
        "nudge",
        ["due_at"],
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "nudge_unanswered",
        "nudge",
        ["useful_until"],
        sqlite_where=sa.text(
            "state = 'delivered' AND answered_at IS NULL AND silence_counted = false"
        ),
        postgresql_where=sa.text(
            "state = 'delivered' AND answered_at IS NULL AND silence_counted = false"
        ),
    )
    op.create_index(
        "nudge_held",
        "nudge",
        ["lease_until"],
        sqlite_where=sa.text("state IN ('claimed', 'sending')"),
        postgresql_where=sa.text("state IN ('claimed', 'sending')"),
    )
    op.create_index(
        "nudge_one_following",
        "nudge",
        ["person", "follow_up", "follows"],
        unique=True,
        sqlite_where=sa.text("lane = 'follow_up' AND state IN ('planned', 'claimed', 'sending')"),
        postgresql_where=sa.text(
            "lane = 'follow_up' AND state IN ('planned', 'claimed', 'sending')"
        ),
    )
    op.create_index(
        "nudge_one_sent_a_date",
        "nudge",
        ["person", "lane", "local_date"],
        unique=True,
        sqlite_where=sa.text(
            "lane IN ('challenge', 'kindness') AND state IN ('sending', 'delivered', 'unknown')"
        ),
        postgresql_where=sa.text(
            "lane IN ('challenge', 'kindness') AND state IN ('sending', 'delivered', 'unknown')"
        ),
    )
    op.create_index(
        "nudge_one_under_way",
        "nudge",
        ["person", "lane"],
        unique=True,
        sqlite_where=sa.text("lane <> 'follow_up' AND state IN ('planned', 'claimed', 'sending')"),
        postgresql_where=sa.text(
            "lane <> 'follow_up' AND state IN ('planned', 'claimed', 'sending')"
        ),
    )
    op.create_index("nudge_person", "nudge", ["person", "due_at"])
    op.create_table(
        "separation",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("logged_at", moment, nullable=False),
        sa.Column("until", moment),
        sa.Column("ask_at", moment),
        sa.Column("reflected_at", moment),
        sa.Column("likely", sa.SmallInteger),
        sa.Column("expected", sa.SmallInteger),
        sa.Column("how", word),
        sa.Column("came_true", word),
        sa.Column("peak", sa.SmallInteger),
        sa.Column("words", sealed, nullable=False),
        sa.PrimaryKeyConstraint("id", name="separation_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="separation_person_fkey"
        ),
        sa.CheckConstraint("likely BETWEEN 0 AND 100", name="separation_likely_check"),
        sa.CheckConstraint("expected BETWEEN 0 AND 10", name="separation_expected_check"),
        sa.CheckConstraint("peak BETWEEN 0 AND 10", name="separation_peak_check"),
        sa.CheckConstraint(
            "how IN ('waited', 'broke_off', 'other', 'unsafe')", name="separation_howitwent_check"
        ),
        sa.CheckConstraint(
            "came_true IN ('no', 'a_little', 'yes', 'unknown')", name="separation_cametrue_check"
        ),
    )
    op.create_index("separation_person", "separation", ["person", "logged_at"])
    op.create_table(
        "decision",
        sa.Column("serial", serial, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("lane", word, nullable=False),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("nudge", sa.Text),
        sa.PrimaryKeyConstraint("serial", name="decision_pkey"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="decision_person_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["nudge"], ["nudge.id"], ondelete="CASCADE", name="decision_nudge_fkey"
        ),
        sa.CheckConstraint(
            "lane IN ('challenge', 'kindness', 'insight', 'review', 'follow_up')",
            name="decision_lane_check",
        ),
    )
    op.create_index("decision_lane", "decision", ["person", "lane", "serial"])
    op.create_index("decision_nudge", "decision", ["nudge"])
    op.create_table(
        "outbox",
        sa.Column("serial", serial, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("nudge", sa.Text),
        sa.Column("dialogue", sa.Text),
        sa.Column("body", sealed),
        sa.Column("state", word, nullable=False),
        sa.Column("tries", sa.SmallInteger, server_default="0", nullable=False),
        sa.Column("sent_again", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("next_try_at", moment, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("lease_until", moment),
        sa.Column("message", sa.BigInteger),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("done_at", moment),
        sa.PrimaryKeyConstraint("serial", name="outbox_pkey"),
        sa.UniqueConstraint("id", name="outbox_id_key"),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], ondelete="CASCADE", name="outbox_person_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["nudge"], ["nudge.id"], ondelete="CASCADE", name="outbox_nudge_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["dialogue"], ["dialogue.id"], ondelete="CASCADE", name="outbox_dialogue_fkey"
        ),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'sending') OR body IS NOT NULL", name="outbox_body_check"
        ),
        sa.CheckConstraint(
            "state NOT IN ('delivered', 'refused') OR body IS NULL", name="outbox_erased_check"
        ),
        sa.CheckConstraint(
            "(state IN ('delivered', 'refused', 'unknown')) = (done_at IS NOT NULL)",
            name="outbox_done_check",
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (claimed_by IS NOT NULL)", name="outbox_held_by_check"
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (lease_until IS NULL)", name="outbox_held_until_check"
        ),
        sa.CheckConstraint("message IS NULL OR state = 'delivered'", name="outbox_message_check"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'delivered', 'refused', 'unknown')",
            name="outbox_outstate_check",
        ),
    )
    op.create_index("outbox_dialogue", "outbox", ["dialogue"])
    op.create_index("outbox_done", "outbox", ["done_at"])
    op.create_index(
        "outbox_held",
        "outbox",
        ["lease_until"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index("outbox_nudge", "outbox", ["nudge"])
    op.create_index("outbox_person", "outbox", ["person"])
    op.create_index(
        "outbox_under_way",
        "outbox",
        ["chat", "serial"],
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["next_try_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
