// Package arch holds docs/architecture.md against the code. It has tests only: each rule is a function from data to
// faults, run once over the tree and once over data with a violation planted in it, so that a rule that catches
// nothing is noticed.
//
//	tree_test.go       reads packages, Go files and SQL files
//	imports_test.go    rules 1 and 2: layers and the order of the modules
//	homes_test.go      rule 3: where outside packages may be used
//	tables_test.go     rule 4: who writes a table, tenant_id, visible_to
//	routes_test.go     rule 5: the table of all URLs
//	style_test.go      sizes, names, doc comments, globals
package arch
