-- Who may do what, what was done, and what must not be touched.

-- A named token of a person or a program. Only its hash is kept.
create table api_tokens (
  token_id     uuid primary key,
  name         text not null,
  person       text not null,           -- whose it is: two tokens of one person are one person
  role         text not null check (role in ('viewer', 'moderator', 'approver', 'admin')),
  token_hash   bytea not null unique,   -- SHA-256 of 256 random bits
  max_messages bigint,                  -- largest recall it may make; null: any
  created_at   timestamptz not null default now(),
  created_by   text not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- A log-in of a browser, made from a token. The cookie holds the secret, the row its hash.
create table sessions (
  session_hash bytea primary key,
  token_id     uuid references api_tokens on delete cascade,  -- null: CONSOLE_ADMIN_TOKEN
  csrf_token   text not null,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);

-- Names message senders in the audit. Forgetting a row here leaves the audit whole and the person out of it.
create table sender_pseudonyms (
  app_id    bigint not null,
  sender    text   not null,
  pseudonym uuid   not null default gen_random_uuid() unique,
  primary key (app_id, sender)
);

-- What was done, by whom, why and from where. Append-only, and each row holds the hash of the one before.
create table audit (
  audit_id  bigint primary key,
  at        timestamptz not null,
  actor     text  not null,             -- name of the token, or what acted
  person    text  not null,
  role      text  not null,
  via       text  not null,             -- api, browser, queue, queue-ui, system
  address   text  not null,             -- '' : not known
  action    text  not null,
  recall_id uuid,
  details   jsonb not null,
  prev_hash bytea not null,
  hash      bytea not null
);
create index audit_recall on audit (recall_id) where recall_id is not null;

create function audit_hash(a audit) returns bytea
language sql stable as $$
  select sha256(a.prev_hash || convert_to(jsonb_build_array(a.audit_id,
    extract(epoch from a.at)::numeric, a.actor, a.person, a.role, a.via, a.address, a.action, a.recall_id, a.details)::text, 'UTF8'))
$$;

create function audit_append() returns trigger
language plpgsql as $$
declare last_row record;
begin
  -- One at a time until commit: the chain has no forks.
  perform pg_advisory_xact_lock(hashtext('chat-recall audit'));
  select audit_id, hash into last_row from audit order by audit_id desc limit 1;
  new.audit_id := coalesce(last_row.audit_id, 0) + 1;
  new.at := date_trunc('milliseconds', clock_timestamp());
  new.prev_hash := coalesce(last_row.hash, '\x00');
  new.hash := audit_hash(new);
  return new;
end $$;
create trigger audit_append before insert on audit for each row execute function audit_append();

create function audit_refuse() returns trigger
language plpgsql as $$ begin raise exception 'the audit is append-only'; end $$;
create trigger audit_keep before update or delete on audit for each row execute function audit_refuse();
create trigger audit_keep_all before truncate on audit for each statement execute function audit_refuse();

-- The first row that does not fit the chain; none: it is whole.
create function audit_first_broken() returns bigint
language sql stable as $$
  select min(audit_id) from (
    select audit_id, a.hash is distinct from audit_hash(a)
        or a.prev_hash is distinct from coalesce(lag(a.hash) over (order by audit_id), '\x00')
        or audit_id <> row_number() over (order by audit_id) as broken
      from audit a
  ) c where broken
$$;

-- Senders and messages that no recall takes back.
create table protected_senders (
  app_id     bigint not null,
  sender     text   not null,
  reason     text   not null,
  created_by text   not null,
  created_at timestamptz not null default now(),
  primary key (app_id, sender)
);
create table protected_messages (
  conversation_id bigint not null,
  msg_seq         bigint not null,
  reason          text   not null,
  created_by      text   not null,
  created_at      timestamptz not null default now(),
  primary key (conversation_id, msg_seq)
);

-- Who asked, who let it run, and how carefully it runs.
alter table recalls
  add column requested_person   text not null default '',
  add column approve_above      bigint,        -- larger plans wait for another person; null: never
  add column max_messages       bigint,        -- larger plans are refused; null: any size
  add column awaiting_since     timestamptz,
  add column approved_by        text,
  add column approved_at        timestamptz,
  add column executed_by        text,
  add column executed_person    text,
  add column protected_left_out bigint not null default 0,
  add column canary_messages    integer,       -- size of the first wave; null: none
  add column canary_failed_share real,         -- pauses when a larger share of it failed
  add column canary_state       text check (canary_state in ('running', 'passed', 'stopped'));
create index recalls_awaiting on recalls (awaiting_since) where state = 'awaiting_approval';

-- What a recall took back, for an appeal; kept also when the message itself is gone.
create table evidence (
  recall_id       uuid        not null,
  conversation_id bigint      not null,
  msg_seq         bigint      not null,
  app_id          bigint      not null,
  sender          text        not null,
  sent_at         timestamptz not null,
  message_types   integer     not null,
  text            text        not null,
  recalled_at     timestamptz not null default now(),
  primary key (recall_id, conversation_id, msg_seq)
);
create index evidence_age on evidence (recalled_at);

-- What the receivers took in, ten seconds at a time; for the health page.
create table ingest_samples (
  at        timestamptz not null,
  receiver  text        not null,
  callbacks integer     not null,
  delay_p50 real,                      -- from the event to durable, s; null: no event told its time
  delay_p95 real,
  primary key (at, receiver)
);

-- Attempts are written in the order of time: the narrowest index finds those of the last hours.
create index attempts_started on attempts using brin (started_at) with (pages_per_range = 16);

-- Ends of recalls to be told to the completion webhook; one row for each time that a recall ended.
create table deliveries (
  delivery_id  uuid primary key default gen_random_uuid(),
  recall_id    uuid        not null references recalls on delete cascade,
  ended_at     timestamptz not null,
  attempts     integer     not null default 0,
  next_at      timestamptz not null default now(),
  delivered_at timestamptz,
  given_up_at  timestamptz,
  last_status  integer,              -- HTTP status of the last answer; null: none came
  last_error   text,
  unique (recall_id, ended_at)
);
create index deliveries_due on deliveries (next_at) where delivered_at is null and given_up_at is null;
create index recalls_ended on recalls (finished_at) where finished_at is not null;
