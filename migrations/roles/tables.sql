-- What each process may do, no more: run by `npm run migrate -- --roles` as the owner of the tables, and again
-- after every migration. A role that is missing is made, without log-in; where making roles is not
-- permitted, have the three made first. May be repeated.

do $$
declare
  process text;
begin
  foreach process in array array['chat_recall_receiver', 'chat_recall_worker', 'chat_recall_console'] loop
    begin
      if not exists (select from pg_roles where rolname = process) then
        execute format('create role %I nologin', process);
      end if;
    exception when duplicate_object or unique_violation then null;  -- made at the same moment for another database
    end;
    execute format('revoke all on all tables in schema %I from %I', current_schema(), process);
    execute format('revoke all on all routines in schema %I from %I', current_schema(), process);
    execute format('revoke all on schema %I from %I', current_schema(), process);
    execute format('grant usage on schema %I to %I', current_schema(), process);
  end loop;
  -- Databases that were made before Postgres 15 let everybody make tables.
  if has_schema_privilege('public', current_schema(), 'create') then
    execute format('revoke create on schema %I from public', current_schema());
  end if;
end $$;

grant select on schema_migrations to chat_recall_receiver, chat_recall_worker, chat_recall_console;

-- The receiver adds, and compares what it adds with what is there. It reads no text and no body.
grant insert on messages, recall_marks, conversations, textless_days, quarantine, ingest_samples, callback_counts
   to chat_recall_receiver;
grant select (conversation_id, msg_seq, msg_time, received_at, source, message_types),
      update (app_id, received_at, message_types, sender, text, folded, pieces, raw, source)
   on messages to chat_recall_receiver;
grant select (conversation_id, msg_seq, recalled_at, operator, callback_at, answered_at),
      update (recalled_at, operator, callback_at)
   on recall_marks to chat_recall_receiver;
grant select (conversation_id, app_id, group_id, topic_id, group_type), update (group_type)
   on conversations to chat_recall_receiver;
grant select (day, app_id, command, count, details), update (count, last_at, details)
   on callback_counts to chat_recall_receiver;
grant insert (conversation_id, active_at, tail_due_at), select (conversation_id), update (tail_due_at)
   on coverage to chat_recall_receiver;
grant execute on function coverage_note(bigint[], text[], timestamptz[]), merge_pieces(integer[]) to chat_recall_receiver;

-- The worker does nearly everything with messages and recalls. Of tokens and sessions it knows nothing, and to
-- the audit it only adds.
grant select, insert, update, delete
   on messages, textless_days, recall_marks, quarantine, evidence, outcomes, batches,
      plan_conversations, plan_findings, attempts, left_out, callback_counts, backfills, backfill_rates, deliveries,
      protected_senders, sender_pseudonyms
   to chat_recall_worker;
grant select, insert, update
   on conversations, coverage, recalls, recall_counters, recall_grades, follows, rules, rule_days, backfill_parts
   to chat_recall_worker;
grant select, update on rate_gates, erasures, protected_messages to chat_recall_worker;
grant select, delete on ingest_samples to chat_recall_worker;
grant select on message_partitions to chat_recall_worker;
grant insert on audit to chat_recall_worker;
grant execute
   on function ensure_message_partition(date), drop_message_partition(date), analyze_table(regclass),
      rate_gate_ensure(text), rate_gate_take(text, double precision, integer, integer, bigint),
      coverage_note(bigint[], text[], timestamptz[]), merge_pieces(integer[])
   to chat_recall_worker;

-- The console reads, and writes down what people want. It deletes no message and no outcome.
grant select
   on conversations, textless_days, recall_marks, evidence, plan_conversations, plan_findings, attempts, left_out,
      callback_counts, backfill_rates, deliveries, recall_grades, rule_days, coverage, ingest_samples, rate_gates,
      message_partitions
   to chat_recall_console;
grant select (id, received_at, app_id, command, error) on quarantine to chat_recall_console;
grant select, insert, update
   on messages, recalls, recall_counters, follows, rules, backfills, api_tokens to chat_recall_console;
grant insert on conversations, textless_days to chat_recall_console;
grant update (group_type) on conversations to chat_recall_console;
grant select, update on outcomes, batches, backfill_parts to chat_recall_console;
grant select, insert on erasures, audit, sender_pseudonyms to chat_recall_console;
grant select, insert, update, delete on sessions, protected_senders, protected_messages to chat_recall_console;
grant execute on function coverage_note(bigint[], text[], timestamptz[]) to chat_recall_console;

-- Partitions are open to whoever the whole table is open to; new ones are made so.
do $$ begin
  perform open_message_partition(inhrelid) from pg_inherits where inhparent = 'messages'::regclass;
end $$;
