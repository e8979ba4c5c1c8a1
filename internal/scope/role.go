package scope

import "slices"

// Role is what a membership makes of a person in an organization.
type Role string

// The roles, strongest first. Guests see only the projects they were added to and take no seat.
const (
	Owner  Role = "owner"
	Admin  Role = "admin"
	Member Role = "member"
	Guest  Role = "guest"

	roleSystem Role = "system"
)

// Roles lists the roles a person can be given, strongest first.
func Roles() []Role { return []Role{Owner, Admin, Member, Guest} }

// Known says whether r can be given to a person.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Within says whether r is at most as strong as other: nobody hands out more than they have.
func (r Role) Within(other Role) bool {
	return r.Known() && other.Known() && slices.Index(Roles(), r) >= slices.Index(Roles(), other)
}

// Permission is one right inside an organization. Routes and operations ask for permissions, never for roles.
type Permission string

// The permissions.
const (
	ViewOrganization   Permission = "organization.view"
	ManageOrganization Permission = "organization.manage"
	ViewPeople         Permission = "people.view"
	ManagePeople       Permission = "people.manage"
	ViewBilling        Permission = "billing.view"
	ManageBilling      Permission = "billing.manage"
	CreateProject      Permission = "project.create"
	ManageProjects     Permission = "project.manage"
	SeeAllProjects     Permission = "project.see_all"
	WriteTickets       Permission = "ticket.write"
	DeleteTickets      Permission = "ticket.delete" // those of others; one's own are deleted by whoever may write
	ViewAudit          Permission = "audit.view"
	ExportAudit        Permission = "audit.export"
	TransferOwnership  Permission = "ownership.transfer"
	ManageSecurity     Permission = "security.manage"
	ExportOrganization Permission = "organization.export"
	DeleteOrganization Permission = "organization.delete"
)

// May is the one table of rights: role × permission.
func (r Role) May(p Permission) bool {
	return slices.Contains(permissions(r), p)
}

func permissions(r Role) []Permission {
	guest := []Permission{ViewOrganization, WriteTickets}
	member := slices.Concat(guest, []Permission{ViewPeople, CreateProject, DeleteTickets})
	admin := slices.Concat(member, []Permission{ManageOrganization, ManagePeople, ManageProjects, SeeAllProjects, ViewBilling, ViewAudit, ExportAudit})
	owner := slices.Concat(admin, []Permission{ManageBilling, TransferOwnership, ManageSecurity, ExportOrganization, DeleteOrganization})
	switch r {
	case Guest:
		return guest
	case Member:
		return member
	case Admin:
		return admin
	case Owner, roleSystem:
		return owner
	}
	return nil
}
