-- name: PurgeSearchDocs :execrows
-- every project: the organization is erased
delete from search_docs d
where d.tenant_id = $1 and d.id in (
    select x.id
    from search_docs x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSearchWords :execrows
delete from search_words d
where d.tenant_id = $1 and d.word in (
    select x.word
    from search_words x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSearchVariants :execrows
delete from search_variants d
where d.tenant_id = $1 and (d.variant, d.word) in (
    select x.variant, x.word
    from search_variants x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeMentions :execrows
-- every project: the organization is erased
delete from mentions d
where d.tenant_id = $1 and d.id in (
    select x.id
    from mentions x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketWatchers :execrows
-- every project: the organization is erased
delete from ticket_watchers d
where d.tenant_id = $1 and (d.ticket_id, d.user_id) in (
    select x.ticket_id, x.user_id
    from ticket_watchers x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketLabels :execrows
-- every project: the organization is erased
delete from ticket_labels d
where d.tenant_id = $1 and (d.ticket_id, d.label_id) in (
    select x.ticket_id, x.label_id
    from ticket_labels x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeLabels :execrows
-- every project: the organization is erased
delete from labels d
where d.tenant_id = $1 and d.id in (
    select x.id
    from labels x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeComments :execrows
-- every project: the organization is erased
delete from comments d
where d.tenant_id = $1 and d.id in (
    select x.id
    from comments x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTickets :execrows
-- every project: the organization is erased
delete from tickets d
where d.tenant_id = $1 and d.id in (
    select x.id
    from tickets x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketCounts :execrows
-- every project: the organization is erased
delete from ticket_counts d
where d.tenant_id = $1 and (d.project_id, d.status) in (
    select x.project_id, x.status
    from ticket_counts x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketDays :execrows
-- every project: the organization is erased
delete from ticket_days d
where d.tenant_id = $1 and (d.project_id, d.day) in (
    select x.project_id, x.day
    from ticket_days x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketCounters :execrows
-- every project: the organization is erased
delete from ticket_counters d
where d.tenant_id = $1 and d.project_id in (
    select x.project_id
    from ticket_counters x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeProjectMembers :execrows
-- every project: the organization is erased
delete from project_members d
where d.tenant_id = $1 and (d.project_id, d.user_id) in (
    select x.project_id, x.user_id
    from project_members x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeProjects :execrows
-- every project: the organization is erased
delete from projects d
where d.tenant_id = $1 and d.id in (
    select x.id
    from projects x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeStatuses :execrows
-- every project: the organization is erased
delete from statuses d
where d.tenant_id = $1 and (d.project_id, d.slug) in (
    select x.project_id, x.slug
    from statuses x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeReactions :execrows
-- every project: the organization is erased
delete from reactions d
where d.tenant_id = $1 and (d.comment_id, d.kind, d.user_id) in (
    select x.comment_id, x.kind, x.user_id
    from reactions x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketLinks :execrows
-- every project: the organization is erased
delete from ticket_links d
where d.tenant_id = $1 and (d.blocker_id, d.blocked_id) in (
    select x.blocker_id, x.blocked_id
    from ticket_links x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTicketMoves :execrows
-- every project: the organization is erased
delete from ticket_moves d
where d.tenant_id = $1 and (d.project_id, d.number) in (
    select x.project_id, x.number
    from ticket_moves x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSavedViews :execrows
-- every project: the organization is erased
delete from saved_views d
where d.tenant_id = $1 and d.id in (
    select x.id
    from saved_views x
    where x.tenant_id = $1
    limit $2
);
