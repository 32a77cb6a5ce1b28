-- The queues, where they stand in Postgres: BullMQ's tables in the schema that `chat_recall.queue_schema` names.
-- After tables.sql, as the owner of that schema. May be repeated.

do $$
declare
  place text := current_setting('chat_recall.queue_schema');
  queue text;
begin
  -- Ids that BullMQ gives come from a sequence for each queue, which it makes at the first job.
  perform set_config('search_path', quote_ident(place), true);
  foreach queue in array array['recall-jobs', 'recall-batches'] loop
    execute format('create sequence if not exists %I', job_id_seq_name(queue));
  end loop;
  execute format('grant usage on schema %I to chat_recall_worker, chat_recall_console', place);
  execute format('grant select, insert, update, delete on all tables in schema %I
                     to chat_recall_worker, chat_recall_console', place);
  execute format('revoke insert, update, delete on %I.migration from chat_recall_worker, chat_recall_console', place);
  execute format('grant usage, select, update on all sequences in schema %I
                     to chat_recall_worker, chat_recall_console', place);
  -- An obliterated queue takes its sequence along; the next job of the owner's makes another.
  execute format('alter default privileges in schema %I grant usage, select, update on sequences
                     to chat_recall_worker, chat_recall_console', place);
end $$;
