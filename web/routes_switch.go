package web

import "plinth/internal/scope"

// switchRoutes are what staff switch and announce, and how a reader puts away what was announced.
func switchRoutes(h Handlers) []Route {
	return []Route{
		get("/admin/flags", staff(scope.ViewOffice, h.Admin.Flags)),
		get("/admin/flags/{key}", staff(scope.ViewOffice, h.Admin.Flag)),
		post("/admin/flags/{key}", act(scope.RunOperations, "Set the flag", h.Admin.SetFlag)),
		post("/admin/flags/{key}/targets", because("reason", act(scope.RunOperations, "Set the flag for them", h.Admin.SetFlagFor))),
		post("/admin/flags/{key}/targets/remove", act(scope.RunOperations, "Let them have what all have", h.Admin.UnsetFlagFor)),
		post("/admin/flags/{key}/delete", act(scope.RunOperations, "Delete the flag", h.Admin.DeleteFlag)),
		get("/admin/announcements", staff(scope.ViewOffice, h.Admin.Announcements)),
		get("/admin/announcements/new", staff(scope.ViewOffice, h.Admin.NewAnnouncement)),
		post("/admin/announcements", act(scope.RunOperations, "Announce it", h.Admin.Announce)),
		get("/admin/announcements/{id}", staff(scope.ViewOffice, h.Admin.Announcement)),
		post("/admin/announcements/{id}", act(scope.RunOperations, "Change the announcement", h.Admin.UpdateAnnouncement)),
		post("/admin/announcements/{id}/end", act(scope.RunOperations, "End the announcement", h.Admin.EndAnnouncement)),

		post("/announcements/{id}/dismiss", alsoLooking(public(h.Pages.DismissAnnouncement))),
	}
}
