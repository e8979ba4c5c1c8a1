-- Takes out what a test has written. What the migrations have noted of themselves stays.
select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
set session_replication_role = replica;
do $$
declare
    x record;
begin
    for x in
        select c.oid::regclass as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.oid >= 16384 and c.relkind = 'r' and n.nspname !~ '^pg_' and pg_relation_size(c.oid) > 0 and c.oid::regclass::text not in ('goose_db_version', 'river.river_migration')
    loop
        execute format('delete from %s', x.name);
    end loop;
    for x in
        select format('%I.%I', schemaname, sequencename)::regclass as name, start_value
        from pg_sequences
        where last_value is not null and sequencename <> 'goose_db_version_id_seq'
    loop
        perform setval(x.name, x.start_value, false);
    end loop;
    delete from pg_statistic where starelid >= 16384;
end
$$;
