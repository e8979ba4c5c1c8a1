package scope

import "slices"

// StaffRole is what a member of staff is in the back-office; "" is whoever is not staff.
type StaffRole string

// The roles of staff, weakest first.
const (
	StaffSupport StaffRole = "support" // reads, and looks as a person without changing anything
	StaffBilling StaffRole = "billing" // what support may, and what is about money
	StaffFull    StaffRole = "full"    // everything
)

// StaffRoles lists the roles of staff, weakest first.
func StaffRoles() []StaffRole { return []StaffRole{StaffSupport, StaffBilling, StaffFull} }

// Known says whether r can be given to a person.
func (r StaffRole) Known() bool { return slices.Contains(StaffRoles(), r) }

// StaffPermission is one right in the back-office. Its routes ask for permissions, never for roles.
type StaffPermission string

// The permissions of the back-office.
const (
	ViewOffice     StaffPermission = "office.view"
	WriteNotes     StaffPermission = "notes.write"
	Impersonate    StaffPermission = "impersonate"       // look as a person, without changing anything
	ManageMoney    StaffPermission = "money.manage"      // plans, trials, tasks, what Stripe said
	ExportOffice   StaffPermission = "office.export"     // lists as files
	ManageAccounts StaffPermission = "accounts.manage"   // people and organizations
	RunOperations  StaffPermission = "operations.run"    // jobs, mails, webhooks, flags, announcements
	ImpersonateAll StaffPermission = "impersonate.raise" // change something as a person
)

// May is the one table of rights of staff: role × permission.
func (r StaffRole) May(p StaffPermission) bool {
	support := []StaffPermission{ViewOffice, WriteNotes, Impersonate}
	money := []StaffPermission{ManageMoney, ExportOffice}
	switch r {
	case StaffSupport:
		return slices.Contains(support, p)
	case StaffBilling:
		return slices.Contains(support, p) || slices.Contains(money, p)
	case StaffFull:
		return p != ""
	}
	return false
}
