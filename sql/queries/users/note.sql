-- name: AddNote :execrows
-- A form sent twice leaves one note.
insert into staff_notes (id, user_id, tenant_id, staff_id, body)
values ($1, $2, $3, $4, $5)
on conflict (id) do nothing;

-- name: DeleteNote :execrows
-- Who wrote it takes it away.
delete from staff_notes
where id = $1 and staff_id = $2;

-- name: EraseNotesOfUser :execrows
delete from staff_notes
where user_id = @user_id::uuid;

-- name: PurgeNotes :execrows
delete from staff_notes
where id in (select n.id from staff_notes n where n.tenant_id = $1 limit $2);
