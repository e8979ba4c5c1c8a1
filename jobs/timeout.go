package jobs

import "time"

// How long jobs may run, by what they wait for.
const (
	short  = 10 * time.Second // a few statements
	mailed = 20 * time.Second // a mail server
	long   = Timeout          // a step of long work, or Stripe
)

// timeouts says of each kind how long one run of it may take; a kind that is not here is not worked.
func timeouts() map[string]time.Duration {
	return map[string]time.Duration{
		"act_on_jobs": long, "apply_stripe_event": long, "check_revenue": long, "count_accounts": long, "count_events": long, "draw_thumbnail": long,
		"erase_account": long, "export_account": long, "export_organization": long, "export_project": long, "follow_settings": long,
		"measure_usage": long, "notify_ticket": short, "post_webhooks": long, "prepare_webhooks": short, "purge_all_trash": short,
		"purge_expired": long, "purge_organization": long, "purge_trash": long, "reassign_tickets": long, "recount_all": short,
		"recount_tickets": long, "refetch_subscription": long, "replay_webhooks": long, "report_usage": long, "run_import": long,
		"seal_all": long, "seal_events": long, "send_billing_mail": long, "send_closing_mail": long, "send_digest": mailed,
		"send_email_change": mailed, "send_export_ready": mailed, "send_invitation": mailed, "send_notification": mailed,
		"send_organization_export_ready": mailed, "send_ownership": long, "send_report": mailed, "send_reset": mailed,
		"send_security_notice": mailed, "send_signin_link": mailed, "send_suspension": long, "send_verification": mailed,
		"send_webhook_paused": long, "settle_organization": long, "stop_webhooks": long, "sweep_billing": long, "sweep_metrics": short, "sweep_seals": long,
		"sync_seats": long, "sync_subscriptions": long, "tend_all_notifications": short, "tend_all_webhooks": short,
		"tend_notifications": long, "tend_webhooks": long, "tidy_all_files": short, "tidy_files": long, "tidy_logos": long, "tidy_pictures": long,
	}
}

// TimeoutOf is how long one run of a kind may take; false when the kind has said nothing.
func TimeoutOf(kind string) (time.Duration, bool) {
	d, ok := timeouts()[kind]
	return d, ok
}
