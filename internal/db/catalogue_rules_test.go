package db_test

// catalogueRule is one question to the catalogue; every row of its answer is a fault.
type catalogueRule struct{ name, sql string }

// catalogueViews are the tables (t) with their class, the names that need none of ours, and the policies (p), each
// with its expressions freed of what only the printer of Postgres adds.
const catalogueViews = `
with
t as (
    select
        c.oid,
        case when n.nspname = 'public' then c.relname::text else n.nspname || '.' || c.relname end as name,
        c.relkind, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
        pg_get_userbyid(c.relowner)::text as owner, c.relacl,
        coalesce(substring(obj_description(c.oid, 'pg_class') from '^class: (global|tenant|local)$'), '') as class
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f')
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%' and n.nspname not like 'pg_temp%'
),
p as (
    select
        t.name as tab, t.class, pol.polname::text as name, pol.polpermissive, pol.polcmd,
        array(select coalesce(r.rolname::text, 'PUBLIC') from unnest(pol.polroles) o left join pg_roles r on r.oid = o order by 1) as roles,
        regexp_replace(lower(pg_get_expr(pol.polqual, pol.polrelid)), '[\s()"]|::text|as "nullif"', '', 'g') as qual,
        regexp_replace(lower(pg_get_expr(pol.polwithcheck, pol.polrelid)), '[\s()"]|::text|as "nullif"', '', 'g') as chk
    from pg_policy pol
    join t on t.oid = pol.polrelid
),
runtime(role) as (values ('plinth_app'), ('plinth_worker'), ('plinth_admin'))
`

// ours leaves out what belongs to an extension.
const ours = `not exists (select from pg_depend d where d.objid = x.oid and d.deptype = 'e')`

func catalogueRules() []catalogueRule {
	rules := []catalogueRule{
		{"class", `select name || ' has no comment class: global, tenant or local' from t where class = '' and not relispartition`},
		{"class", `select name || ' is a foreign table' from t where relkind = 'f'`},

		{"row security", `select name || ' has it switched off' from t where not relrowsecurity and (class in ('global', 'tenant') or relispartition)`},
		{"row security", `select name || ' has it FORCEd' from t where relforcerowsecurity`},

		{"owners", `select name || ' belongs to ' || owner from t where owner <> 'plinth_owner'`},
		{"owners", `select 'function ' || x.proname || ' belongs to ' || pg_get_userbyid(x.proowner) from pg_proc x
			join pg_namespace n on n.oid = x.pronamespace
			where n.nspname in ('public', 'river') and pg_get_userbyid(x.proowner) <> 'plinth_owner' and ` + ours},

		{"roles", `select rolname || ' is superuser or may pass row security, make roles, databases or replicas' from pg_roles
			where rolname like 'plinth\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`},
		{"roles", `select pg_get_userbyid(member) || ' is a member of ' || pg_get_userbyid(roleid) from pg_auth_members
			where pg_get_userbyid(member) like 'plinth\_%' or pg_get_userbyid(roleid) like 'plinth\_%'`},
		{"roles", `select role || ' is missing' from runtime where role not in (select rolname from pg_roles)`},
	}
	rules = append(rules, policyRules()...)
	rules = append(rules, grantRules()...)
	rules = append(rules, keyRules()...)
	return append(rules, objectRules()...)
}

const (
	appAndWorker = `array['plinth_app', 'plinth_worker']`
	inTenant     = `'tenant_id=selectnullifcurrent_setting''app.current_tenant_id'',true,''''::uuid'`
	inScope      = `'^(id|tenant_id|user_id)=selectnullifcurrent_setting''app.current_(tenant|user)_id'',true,''''::uuid$'`
)

func policyRules() []catalogueRule {
	return []catalogueRule{
		{"policies", `select t.name || ' has no policy ' || must.name from t
			cross join (values ('tenant'), ('staff')) must(name)
			where t.class = 'tenant' and not t.relispartition and not exists (select from p where p.tab = t.name and p.name = must.name)`},
		{"policies", `select t.name || ' has no policy staff' from t
			where t.class = 'global' and not exists (select from p where p.tab = t.name and p.name = 'staff')`},
		{"policies", `select tab || ' has a policy ' || name || ', which is none of the known ones' from p where not case class
			when 'tenant' then name in ('tenant', 'staff') or (name = 'own' and tab in ('memberships', 'invitations'))
			when 'global' then name in ('readable', 'addable', 'own', 'staff')
			else false end`},
		{"policies", `select tab || ': ' || name || ' is restrictive' from p where not polpermissive`},
		{"policies", `select tab || ': tenant must be for all commands, to plinth_app and plinth_worker, USING and WITH CHECK the tenant in scope' from p
			where class = 'tenant' and name = 'tenant'
			  and (polcmd <> '*' or roles <> ` + appAndWorker + ` or qual is distinct from ` + inTenant + ` or chk is distinct from ` + inTenant + `)`},
		{"policies", `select tab || ': staff must be to plinth_admin alone, using (true)' from p
			where name = 'staff' and (polcmd <> '*' or roles <> array['plinth_admin'] or qual is distinct from 'true' or chk is not null)`},
		{"policies", `select tab || ': own must be for select to plinth_app, on the person in scope, without a check' from p
			where class = 'tenant' and name = 'own'
			  and (polcmd <> 'r' or roles <> array['plinth_app'] or chk is not null
			       or qual !~ '^(user_id=|email=selectu\.emailfromusersuwhereu\.id=)selectnullifcurrent_setting''app\.current_user_id'',true,''''::uuid(asemail)?$')`},
		{"policies", `select tab || ': readable must be for select to plinth_app and plinth_worker, using (true)' from p
			where class = 'global' and name = 'readable' and (polcmd <> 'r' or roles <> ` + appAndWorker + ` or qual is distinct from 'true')`},
		{"policies", `select tab || ': addable must be for insert to plinth_app and plinth_worker' from p
			where class = 'global' and name = 'addable' and (polcmd <> 'a' or roles <> ` + appAndWorker + `)`},
		{"policies", `select tab || ': own must be for update of the row in scope, USING and WITH CHECK equal' from p
			where class = 'global' and name = 'own'
			  and (polcmd <> 'w' or roles <> ` + appAndWorker + ` or chk is distinct from qual or qual !~ ` + inScope + `)`},
	}
}

func grantRules() []catalogueRule {
	return []catalogueRule{
		{"grants", `select t.name || ': ' || a.privilege_type || ' to ' || coalesce(r.rolname::text, 'PUBLIC') || case when a.is_grantable then ' with grant option' else '' end
			from t cross join aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee
			where coalesce(r.rolname::text, 'PUBLIC') <> t.owner
			  and (a.is_grantable
			       or coalesce(r.rolname::text, 'PUBLIC') not in (select role from runtime)
			       or a.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
			       or a.privilege_type = 'DELETE' and t.class = 'global' and r.rolname <> 'plinth_admin'
			       or a.privilege_type in ('UPDATE', 'DELETE') and t.name in ('events', 'event_seals', 'account_events', 'account_event_seals',
			           'event_erasures', 'account_event_erasures', 'audit.heads', 'audit.account_heads')
			           and not (a.privilege_type = 'DELETE' and r.rolname = 'plinth_admin' and t.name in ('events', 'event_seals', 'event_erasures')))`},
		{"grants", `select t.name || '.' || c.attname || ': ' || a.privilege_type || ' to ' || coalesce(r.rolname::text, 'PUBLIC')
			from t join pg_attribute c on c.attrelid = t.oid cross join aclexplode(c.attacl) a left join pg_roles r on r.oid = a.grantee
			where coalesce(r.rolname::text, 'PUBLIC') not in (select role from runtime) or a.privilege_type not in ('SELECT', 'INSERT', 'UPDATE')`},
		{"grants", `select 'partition ' || t.name || ' is granted to ' || coalesce(r.rolname::text, 'PUBLIC')
			from t cross join aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee
			where t.relispartition and coalesce(r.rolname::text, 'PUBLIC') <> t.owner`},
		{"grants", `select 'schema ' || n.nspname || ': ' || role || ' may create in it' from pg_namespace n cross join runtime
			where n.nspname in ('public', 'river') and exists (select from pg_roles where rolname = role) and has_schema_privilege(role, n.oid, 'CREATE')`},
		{"grants", `select 'default privileges of ' || pg_get_userbyid(defaclrole) || ' would open every new table, partitions too' from pg_default_acl`},
	}
}

func keyRules() []catalogueRule {
	return []catalogueRule{
		{"keys", `select t.name || ' has no tenant_id uuid not null' from t where t.class = 'tenant' and not exists (
			select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and a.attnotnull)`},
		{"keys", `select t.name || ' has no primary key' from t where t.relkind in ('r', 'p') and not exists (
			select from pg_index i where i.indrelid = t.oid and i.indisprimary)`},
		{"keys", `select t.name || ': unique index ' || i.indexrelid::regclass || ' does not begin with tenant_id' from t
			join pg_index i on i.indrelid = t.oid and i.indisunique
			left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
			where t.class = 'tenant' and a.attname is distinct from 'tenant_id'`},
		{"foreign keys", `select a.name || ' (' || cols.list || ') to ' || b.name || ': ' || why.text
			from pg_constraint k
			join t a on a.oid = k.conrelid
			join t b on b.oid = k.confrelid
			cross join lateral (select string_agg(c.attname, ',' order by o.n) as list
				from unnest(k.conkey) with ordinality o(num, n) join pg_attribute c on c.attrelid = k.conrelid and c.attnum = o.num) cols
			cross join lateral (select exists (select from unnest(k.conkey, k.confkey) u(f, r)
				join pg_attribute fa on fa.attrelid = k.conrelid and fa.attnum = u.f and fa.attname = 'tenant_id'
				join pg_attribute ra on ra.attrelid = k.confrelid and ra.attnum = u.r and ra.attname = 'tenant_id') as carried) ten
			cross join lateral (values
				(a.class = 'tenant' and b.class = 'tenant' and not ten.carried, 'a key between tenant tables carries tenant_id'),
				(a.class = 'tenant' and b.class = 'local', 'local tables have no foreign keys in'),
				(a.class = 'global' and b.class <> 'global', 'a global table points at global tables only'),
				(a.class = 'local', 'local tables have no foreign keys out'),
				(b.class = 'global' and k.confdeltype not in ('a', 'r'), 'nothing follows a deletion in a global table'),
				(k.confdeltype in ('n', 'd'), 'no set null and no set default'),
				(k.confupdtype not in ('a', 'r'), 'nothing follows an update')
			) why(wrong, text)
			where k.contype = 'f' and k.conparentid = 0 and why.wrong
			  and a.name not like 'river.%'`},
	}
}

func objectRules() []catalogueRule {
	return []catalogueRule{
		{"objects", `select 'function ' || x.proname || ' is SECURITY DEFINER' from pg_proc x join pg_namespace n on n.oid = x.pronamespace
			where n.nspname not in ('pg_catalog', 'information_schema') and x.prosecdef`},
		{"objects", `select 'function ' || x.proname || ' is LEAKPROOF' from pg_proc x join pg_namespace n on n.oid = x.pronamespace
			where n.nspname not in ('pg_catalog', 'information_schema') and x.proleakproof and ` + ours},
		{"objects", `select 'view ' || x.relname || ' is without security_invoker' from pg_class x join pg_namespace n on n.oid = x.relnamespace
			where x.relkind = 'v' and n.nspname not in ('pg_catalog', 'information_schema') and ` + ours + `
			  and not coalesce((select o.option_value::boolean from pg_options_to_table(x.reloptions) o where o.option_name = 'security_invoker'), false)`},
		{"objects", `select 'materialized view ' || x.relname || ' passes by row security' from pg_class x where x.relkind = 'm'`},
		{"objects", `select 'sequence ' || x.relname || ': ids are UUIDv7, numbers come from counter rows' from pg_class x join pg_namespace n on n.oid = x.relnamespace
			where x.relkind = 'S' and n.nspname <> 'river' and n.nspname not like 'pg\_%' and x.relname <> 'goose_db_version_id_seq'`},
		{"objects", `select 'trigger ' || g.tgname || ' on ' || t.name from pg_trigger g join t on t.oid = g.tgrelid
			where not g.tgisinternal and t.class in ('tenant', 'global')`},
		{"objects", `select 'rule ' || r.rulename || ' on ' || t.name from pg_rewrite r join t on t.oid = r.ev_class`},
		{"objects", `select c.name || ' inherits from ' || b.name from pg_inherits i join t c on c.oid = i.inhrelid join t b on b.oid = i.inhparent
			where not c.relispartition`},
		{"objects", `select 'event trigger ' || evtname from pg_event_trigger`},
	}
}
