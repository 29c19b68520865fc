// A web application in Go that signs people in by go-oidc: a confidential client.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	baseURL := os.Getenv("BASE_URL")
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	config := oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  baseURL + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "email"},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})

	http.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		state, nonce, code := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
		// The answer is checked against these; no other site can set them.
		for name, value := range map[string]string{"state": state, "nonce": nonce, "verifier": code} {
			http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/callback", MaxAge: 1800, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
		http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(code)), http.StatusSeeOther)
	})

	http.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if state := cookie(r, "state"); state == "" || r.FormValue("state") != state {
			http.Error(w, "this sign-in began in another browser", http.StatusBadRequest)
			return
		}
		// Such as access_denied, when the person pressed Cancel.
		if fault := r.FormValue("error"); fault != "" {
			http.Error(w, fault, http.StatusBadRequest)
			return
		}
		token, err := config.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(cookie(r, "verifier")))
		if err != nil {
			fail(w, err)
			return
		}
		raw, _ := token.Extra("id_token").(string)
		idToken, err := verifier.Verify(r.Context(), raw)
		if err != nil {
			fail(w, err)
			return
		}
		if idToken.Nonce != cookie(r, "nonce") {
			http.Error(w, "an ID token of another sign-in", http.StatusBadRequest)
			return
		}
		userinfo, err := provider.UserInfo(r.Context(), config.TokenSource(r.Context(), token))
		if err != nil {
			fail(w, err)
			return
		}
		// An application goes on with a session of its own; this one shows who it would be for.
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"signed_in": true, "sub": idToken.Subject, "email": userinfo.Email})
	})

	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "the sign-in failed", http.StatusBadGateway)
}
