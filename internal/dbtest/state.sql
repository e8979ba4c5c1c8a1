-- What a database is, apart from the rows that tests write: each object of the schema by the transaction that wrote it,
-- what the migrations have put into tables, and where sequences stand.
with relations as (
    select c.oid, c.xmin, c.relkind, c.relnamespace
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid >= 16384 and n.nspname !~ '^pg_(toast_)?temp_'
), objects as (
    select 'relation' as kind, count(*) as n, sum(xmin::text::bigint) as sum from relations
    union all
    select 'column', count(*), sum(a.xmin::text::bigint) from pg_attribute a join relations r on r.oid = a.attrelid
    union all
    select 'default', count(*), sum(xmin::text::bigint) from pg_attrdef
    union all
    select 'index', count(*), sum(i.xmin::text::bigint) from pg_index i join relations r on r.oid = i.indexrelid
    union all
    select 'constraint', count(*), sum(xmin::text::bigint) from pg_constraint where oid >= 16384
    union all
    select 'trigger', count(*), sum(xmin::text::bigint) from pg_trigger
    union all
    select 'policy', count(*), sum(xmin::text::bigint) from pg_policy
    union all
    select 'function', count(*), sum(xmin::text::bigint) from pg_proc where oid >= 16384
    union all
    select 'rule', count(*), sum(xmin::text::bigint) from pg_rewrite where oid >= 16384
    union all
    select 'schema', count(*), sum(xmin::text::bigint) from pg_namespace where nspname !~ '^pg_(toast_)?temp_'
    union all
    select 'comment', count(*), sum(xmin::text::bigint) from pg_description where objoid >= 16384
    union all
    select 'default privilege', count(*), sum(xmin::text::bigint) from pg_default_acl
    union all
    select 'setting', count(*), sum(xmin::text::bigint) from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
), kept as (
    select r.oid::regclass::text as kind, 0 as n, query_to_xml(format('select * from %s x order by x::text', r.oid::regclass), false, false, '')::text as rows
    from relations r
    where r.relkind = 'r' and pg_relation_size(r.oid) > 0
)
select md5(
    coalesce((select string_agg(concat_ws(' ', kind, n, sum), ',' order by kind) from objects), '')
    || coalesce((select string_agg(kind || rows, ',' order by kind) from kept where rows like '%<row%'), '')
    || coalesce((select string_agg(concat_ws(' ', schemaname, sequencename, last_value), ',' order by schemaname, sequencename) from pg_sequences where last_value is not null), '')
)
