package worker

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plinth/internal/mails"
	"plinth/jobs"
	"plinth/views/mail"
)

// send writes and sends a letter once for its key.
func (m Modules) send(ctx context.Context, kind, key string, tenant uuid.UUID, l mail.Letter) error {
	message, err := l.Message(ctx)
	if err != nil {
		return err
	}
	job := jobOf(ctx)
	return m.Mails.Send(ctx, mails.Mail{
		Key: kind + ":" + key, Kind: kind, TenantID: tenant, Message: message, JobKind: job.Kind, JobArgs: job.EncodedArgs,
	})
}

type jobKey struct{}

// known lets what a job calls know which job it is: a mail's row says what sends it again. A job of a mail that ends without
// it leaves no row that waits.
func known(sent *mails.Mails) rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		if id := jobs.RequestIn(job.Metadata); id != "" {
			ctx = jobs.WithRequest(ctx, id)
		}
		err := work(context.WithValue(ctx, jobKey{}, job))
		if err != nil && !errors.Is(err, jobs.ErrNothingToDo) || !strings.HasPrefix(job.Kind, "send_") {
			return err
		}
		if noted := sent.Over(ctx, job.Kind, job.EncodedArgs); noted != nil {
			return noted
		}
		return err
	})
}

func jobOf(ctx context.Context) *rivertype.JobRow {
	if job, ok := ctx.Value(jobKey{}).(*rivertype.JobRow); ok {
		return job
	}
	return &rivertype.JobRow{}
}

type sendVerification struct {
	river.WorkerDefaults[jobs.SendVerification]
	m Modules
}

func (w *sendVerification) Work(ctx context.Context, job *river.Job[jobs.SendVerification]) error {
	data, err := w.m.Auth.VerificationMail(ctx, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "verification", job.Args.TokenID.String(), uuid.Nil, mail.Verification(data))
}

type sendReset struct {
	river.WorkerDefaults[jobs.SendReset]
	m Modules
}

func (w *sendReset) Work(ctx context.Context, job *river.Job[jobs.SendReset]) error {
	data, err := w.m.Auth.ResetMail(ctx, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "reset", job.Args.TokenID.String(), uuid.Nil, mail.Reset(data))
}

type sendSecurityNotice struct {
	river.WorkerDefaults[jobs.SendSecurityNotice]
	m Modules
}

func (w *sendSecurityNotice) Work(ctx context.Context, job *river.Job[jobs.SendSecurityNotice]) error {
	data, err := w.m.Auth.SecurityNotice(ctx, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "security_notice", job.Args.TokenID.String(), uuid.Nil, mail.SecurityNotice(data))
}

type sendSignInLink struct {
	river.WorkerDefaults[jobs.SendSignInLink]
	m Modules
}

func (w *sendSignInLink) Work(ctx context.Context, job *river.Job[jobs.SendSignInLink]) error {
	data, err := w.m.Auth.LinkMail(ctx, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "signin_link", job.Args.TokenID.String(), uuid.Nil, mail.SignInLink(data))
}

type sendEmailChange struct {
	river.WorkerDefaults[jobs.SendEmailChange]
	m Modules
}

func (w *sendEmailChange) Work(ctx context.Context, job *river.Job[jobs.SendEmailChange]) error {
	data, err := w.m.Auth.EmailChangeMail(ctx, job.Args.TokenID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "email_change", job.Args.TokenID.String(), uuid.Nil, mail.EmailChange(data))
}
