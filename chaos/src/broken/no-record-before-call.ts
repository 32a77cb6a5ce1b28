import type { BrokenBuild } from './build.ts';

/** The attempt has its number before the call, and its row only after it. */
export const noRecordBeforeCall: BrokenBuild = {
  name: 'no-record-before-call',
  breaks: 'an attempt is written before it is made',
  noticedBy: ['every call written before it'],
  patches: [
    {
      file: 'packages/shared/dist/recalls/begin-attempt.js',
      find: `      insert into attempts (recall_id, conversation_id, part, fence, worker, msg_seqs)
      select \${key.recallId}::uuid, \${key.conversationId}::bigint, \${key.part}::int, t.fence, \${worker.name}, o.seqs
        from taken t,`,
      replace: `      select nextval(pg_get_serial_sequence('attempts', 'attempt_id')) as attempt_id, \${worker.name}::text as worker
        from taken t,`,
    },
    {
      file: 'packages/shared/dist/recalls/begin-attempt.js',
      find: `       where o.seqs is not null
      returning attempt_id
    )`,
      replace: `       where o.seqs is not null
    )`,
    },
    {
      file: 'packages/shared/dist/recalls/finish-attempt.js',
      find: `exists (select from attempts a
                      where a.attempt_id = \${attempt?.id ?? null}::bigint and v.msg_seq = any(a.msg_seqs)) as called`,
      replace: `\${attempt?.id ?? null}::bigint is not null as called`,
    },
    {
      file: 'packages/shared/dist/recalls/finish-attempt.js',
      find: `      update attempts set finished_at = now(), result = \${attempt?.answer.kind ?? null},
             http_status = \${attempt?.answer.httpStatus ?? null}::smallint, error_code = \${answered?.errorCode ?? null}::int,
             ret_codes = (select array_agg(v.ret_code order by a.at)
                            from unnest(msg_seqs) with ordinality a (msg_seq, at) left join verdicts v using (msg_seq))
       where attempt_id = \${attempt?.id ?? null}::bigint and exists (select from held)`,
      replace: `      insert into attempts (attempt_id, recall_id, conversation_id, part, fence, worker, msg_seqs, finished_at, result,
                            http_status, error_code)
      overriding system value
      select \${attempt?.id ?? null}::bigint, \${key.recallId}::uuid, \${key.conversationId}::bigint, \${key.part}::int,
             \${key.fence}::int, 'host-0-x', \${seqs}::bigint[], now(), \${attempt?.answer.kind ?? null}::text,
             \${attempt?.answer.httpStatus ?? null}::smallint, \${answered?.errorCode ?? null}::int
        from held where \${attempt?.id ?? null}::bigint is not null`,
    },
  ],
};
