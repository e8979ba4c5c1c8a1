-- name: ExportSecurity :one
-- What a person proves with, without the secrets themselves.
select jsonb_build_object(
    'sessions', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'user_agent', s.user_agent, 'address', s.address, 'signed_in_at', s.signed_in_at, 'seen_at', s.seen_at, 'methods', s.methods
        ) order by s.signed_in_at), '[]')
        from sessions s
        where s.user_id = $1 and s.impersonation_id is null
    ),
    'authenticator_app', (
        select jsonb_build_object('created_at', f.created_at, 'confirmed_at', f.confirmed_at)
        from totp_factors f
        where f.user_id = $1
    ),
    'recovery_codes', (
        select coalesce(jsonb_agg(jsonb_build_object('created_at', c.created_at, 'used_at', c.used_at)), '[]')
        from recovery_codes c
        where c.user_id = $1
    ),
    'passkeys', (
        select coalesce(jsonb_agg(jsonb_build_object('name', k.name, 'created_at', k.created_at, 'used_at', k.used_at) order by k.created_at), '[]')
        from passkeys k
        where k.user_id = $1
    ),
    'identities', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'provider', i.provider, 'issuer', i.issuer, 'subject', i.subject, 'email', i.email, 'created_at', i.created_at, 'used_at', i.used_at
        ) order by i.created_at), '[]')
        from identities i
        where i.user_id = $1
    ),
    'email_changes', (
        select coalesce(jsonb_agg(jsonb_build_object('old', e.old_email, 'new', e.new_email, 'asked_at', e.created_at) order by e.created_at), '[]')
        from email_changes e
        where e.user_id = $1
    ),
    'known_browsers', (
        select coalesce(jsonb_agg(jsonb_build_object('seen_at', d.seen_at) order by d.seen_at), '[]')
        from known_devices d
        where d.user_id = $1
    )
)::jsonb as doc;
