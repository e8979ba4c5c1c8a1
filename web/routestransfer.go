package web

import (
	"plinth/handlers"
	"plinth/internal/scope"
)

// transferRoutes lead out of projects and into them.
func transferRoutes(h Handlers) []Route {
	return []Route{
		// What goes out of a project. A table of tickets is a link, and notes itself as an event.
		get("/orgs/{org}/projects/{key}/export", neverAs(member(scope.ViewOrganization, h.Exports.Show))),
		post("/orgs/{org}/projects/{key}/export", neverAs(alsoUnpaid(alsoEnding(member(scope.ViewOrganization, h.Exports.Create))))),
		get("/orgs/{org}/projects/{key}/export/tickets.csv", neverAs(member(scope.ViewOrganization, h.Exports.Stream))),
		get("/orgs/{org}/projects/{key}/export/{id}", neverAs(member(scope.ViewOrganization, h.Exports.Fetch))),

		// Whole projects that come in, each its sender's.
		get("/orgs/{org}/imports", neverAs(member(scope.CreateProject, h.Imports.Archives))),
		atMost(handlers.MaxArchive, post("/orgs/{org}/imports", neverAs(member(scope.CreateProject, h.Imports.CreateArchive)))),
		get("/orgs/{org}/imports/{id}", neverAs(member(scope.CreateProject, h.Imports.ShowArchive))),
		post("/orgs/{org}/imports/{id}/start", neverAs(member(scope.CreateProject, h.Imports.StartArchive))),
		post("/orgs/{org}/imports/{id}/resume", neverAs(member(scope.CreateProject, h.Imports.ResumeArchive))),
		post("/orgs/{org}/imports/{id}/throw", neverAs(member(scope.CreateProject, h.Imports.ThrowArchive))),

		// What comes into a project.
		get("/orgs/{org}/projects/{key}/import", neverAs(member(scope.CreateProject, h.Imports.Index))),
		atMost(handlers.MaxTable, post("/orgs/{org}/projects/{key}/import", neverAs(member(scope.CreateProject, h.Imports.Create)))),
		get("/orgs/{org}/projects/{key}/import/{id}", neverAs(member(scope.CreateProject, h.Imports.Show))),
		post("/orgs/{org}/projects/{key}/import/{id}/columns", neverAs(member(scope.CreateProject, h.Imports.UpdateColumns))),
		post("/orgs/{org}/projects/{key}/import/{id}/remap", neverAs(member(scope.CreateProject, h.Imports.Remap))),
		post("/orgs/{org}/projects/{key}/import/{id}/start", neverAs(member(scope.CreateProject, h.Imports.Start))),
		post("/orgs/{org}/projects/{key}/import/{id}/resume", neverAs(member(scope.CreateProject, h.Imports.Resume))),
		post("/orgs/{org}/projects/{key}/import/{id}/undo", neverAs(member(scope.CreateProject, h.Imports.Undo))),
		post("/orgs/{org}/projects/{key}/import/{id}/throw", neverAs(member(scope.CreateProject, h.Imports.Throw))),
		get("/orgs/{org}/projects/{key}/import/{id}/problems.csv", neverAs(member(scope.CreateProject, h.Imports.Problems))),
	}
}
