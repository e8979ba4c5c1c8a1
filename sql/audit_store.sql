-- The second place of the audit log, in a database that whoever runs the first one cannot change. Run it there as the
-- owner, give the role a password, and set AUDIT_DATABASE_URL=postgres://plinth_audit:…@host/database for the worker.
create role plinth_audit login nosuperuser nobypassrls nocreatedb nocreaterole;
create schema audit;
create table audit.heads (
    tenant_id uuid not null,
    seq       bigint not null,
    hash      bytea not null,
    at        timestamptz not null default clock_timestamp(),
    primary key (tenant_id, seq)
);
create table audit.account_heads (
    seq  bigint primary key,
    hash bytea not null,
    at   timestamptz not null default clock_timestamp()
);
grant usage on schema audit to plinth_audit;
grant select, insert on audit.heads, audit.account_heads to plinth_audit;
