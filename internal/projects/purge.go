package projects

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
)

// PurgeTx deletes up to limit rows of what the projects of an organization hold; it says of which table and how many, zero
// when there is nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "search_docs", SQL: projectsdb.PurgeSearchDocs},
		{Noun: "search_words", SQL: projectsdb.PurgeSearchWords},
		{Noun: "search_variants", SQL: projectsdb.PurgeSearchVariants},
		{Noun: "saved_views", SQL: projectsdb.PurgeSavedViews},
		{Noun: "reactions", SQL: projectsdb.PurgeReactions},
		{Noun: "ticket_links", SQL: projectsdb.PurgeTicketLinks},
		{Noun: "ticket_moves", SQL: projectsdb.PurgeTicketMoves},
		{Noun: "mentions", SQL: projectsdb.PurgeMentions},
		{Noun: "ticket_watchers", SQL: projectsdb.PurgeTicketWatchers},
		{Noun: "ticket_labels", SQL: projectsdb.PurgeTicketLabels},
		{Noun: "labels", SQL: projectsdb.PurgeLabels},
		{Noun: "comments", SQL: projectsdb.PurgeComments},
		{Noun: "tickets", SQL: projectsdb.PurgeTickets},
		{Noun: "statuses", SQL: projectsdb.PurgeStatuses},
		{Noun: "ticket_counts", SQL: projectsdb.PurgeTicketCounts},
		{Noun: "ticket_days", SQL: projectsdb.PurgeTicketDays},
		{Noun: "ticket_counters", SQL: projectsdb.PurgeTicketCounters},
		{Noun: "project_members", SQL: projectsdb.PurgeProjectMembers},
		{Noun: "projects", SQL: projectsdb.PurgeProjects},
	})
}
