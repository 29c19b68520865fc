// A command-line tool in Go that signs its person in without a browser of its own: a public client.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	config := oauth2.Config{
		ClientID: os.Getenv("CLIENT_ID"),
		Endpoint: provider.Endpoint(),
		Scopes:   []string{oidc.ScopeOpenID, "email"},
	}
	asked, err := config.DeviceAuth(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(asked.VerificationURI, asked.UserCode)
	// Asks every five seconds, until the person has answered or the code is over.
	token, err := config.DeviceAccessToken(ctx, asked)
	if err != nil {
		log.Fatal(err)
	}
	userinfo, err := provider.UserInfo(ctx, config.TokenSource(ctx, token))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed in as", userinfo.Email)
}
