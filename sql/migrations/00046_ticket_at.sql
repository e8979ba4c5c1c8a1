-- The ticket that people call WEB-12, for those who may see the project, in the trash too. It is looked up by the unique
-- index of numbers and by nothing else: among the conditions of a larger query, planned for any arguments, an index that
-- orders a list and ends with number looks as cheap, and then all of a project is walked to find one ticket. Whatever else
-- a query asks of the ticket, it asks of the row with this id.

-- +goose Up
-- +goose StatementBegin
create function ticket_at(tenant uuid, person uuid, key text, number integer) returns table (ticket_id uuid)
    language sql stable parallel safe
as $$
    select t.id
    from tickets t
    where t.tenant_id = tenant
      and t.project_id = (
          select p.id
          from projects p
          where p.tenant_id = tenant
            and p.id in (select v.project_id from visible_to(tenant, person) v)
            and p.key = ticket_at.key
            and p.deleted_at is null
      )
      and t.number = ticket_at.number
$$;
-- +goose StatementEnd

-- +goose Down
drop function ticket_at (uuid, uuid, text, integer);
