-- name: EraseSignups :execrows
delete from signups
where email = any(@addresses::text[]);

-- name: EraseTokens :execrows
-- Those of the account, and those that went to its address for other reasons.
delete from one_time_tokens
where subject_id = @user_id or address = any(@addresses::text[]);

-- name: EraseSessions :execrows
with ended as (
    delete from sessions
    where user_id = $1
    returning user_id
)
select pg_notify('plinth_events', json_build_object('u', user_id)::text)
from ended;

-- name: EraseTOTP :execrows
delete from totp_factors
where user_id = $1;

-- name: EraseRecoveryCodes :execrows
delete from recovery_codes
where user_id = $1;

-- name: ErasePasskeys :execrows
delete from passkeys
where user_id = $1;

-- name: EraseIdentities :execrows
delete from identities
where user_id = $1;

-- name: EraseEmailChanges :execrows
delete from email_changes
where user_id = $1;

-- name: EraseKnownDevices :execrows
delete from known_devices
where user_id = $1;

-- name: AddressesOf :many
-- Every address a person has or had here, or is about to have, but for those that are another's by now.
select a.address::text
from (
    select u.email as address from users u where u.id = @user_id
    union
    select unnest(array[c.old_email, c.new_email]) from email_changes c where c.user_id = @user_id
    union
    select unnest(array[e.person ->> 'old', e.person ->> 'new']) from account_events e where e.user_id = @user_id and e.person ?| array['old', 'new']
) a
where a.address is not null
  and not exists (select from users o where o.email = a.address and o.id <> @user_id);
