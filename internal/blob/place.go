package blob

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/s3blob"
)

const folderScheme = "file://"

// place says how to open what a URL names. It does not repeat the URL in its error, which may hold a key.
func place(raw string) (func(ctx context.Context) (*blob.Bucket, error), error) {
	if dir, ok := strings.CutPrefix(raw, folderScheme); ok && dir != "" {
		return func(context.Context) (*blob.Bucket, error) { return folder(dir) }, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "s3" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("BLOB_URL names no place: say a folder, as file:///var/lib/plinth/files, or a bucket, as s3://bucket?region=eu-central-1")
	}
	for name := range u.Query() {
		if name != "region" && name != "endpoint" {
			return nil, fmt.Errorf("BLOB_URL says %s, which is not known: of a bucket say region and endpoint", name)
		}
	}
	if u.Query().Get("region") == "" {
		return nil, errors.New("BLOB_URL says no region: add ?region=eu-central-1, or any name where the place knows none")
	}
	return func(ctx context.Context) (*blob.Bucket, error) { return bucket(ctx, u) }, nil
}

func folder(dir string) (*blob.Bucket, error) {
	// The temporary file of a write lies beside its place, so that the rename never crosses file systems; what the
	// bucket knows of a file is its bytes.
	return fileblob.OpenBucket(dir, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
}

// bucket opens one of Amazon's, or with an endpoint of whoever speaks the same language. The key is that of the URL, or
// what Amazon's own variables and the machine's role say (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
func bucket(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(u.Query().Get("region"))}
	if key := u.User; key != nil {
		secret, _ := key.Password()
		options = append(options, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(key.Username(), secret, "")))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	endpoint := u.Query().Get("endpoint")
	client := s3.NewFromConfig(c, func(o *s3.Options) {
		if endpoint == "" {
			return
		}
		o.BaseEndpoint = &endpoint
		// Others answer under one name for all buckets, and not all of them know the newer checksums.
		o.UsePathStyle = true
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	return s3blob.OpenBucket(ctx, client, u.Host, nil)
}
