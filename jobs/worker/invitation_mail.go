package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type sendInvitation struct {
	river.WorkerDefaults[jobs.SendInvitation]
	m Modules
}

func (w *sendInvitation) Work(ctx context.Context, job *river.Job[jobs.SendInvitation]) error {
	data, err := w.m.Auth.InvitationMail(ctx, job.Args.TenantID, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "invitation", job.Args.TokenID.String(), job.Args.TenantID, mail.Invitation(data))
}
