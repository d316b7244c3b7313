// A client on Go's crypto/tls for the interop tests. Its arguments and what it prints are those of every client here:
//
//	client PORT HOST CA CERT KEY CONNECTIONS
//
// It connects to 127.0.0.1 CONNECTIONS times, one after the other, offering the session of the connection before, asks
// for HOST, trusts the root in CA alone, has the certificate CERT with its KEY ("-" for none), sends its standard input
// and wants it back. Exit status 0: all went well; 2: the server's certificate was refused; 1: anything else.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) != 7 {
		fail(errors.New("usage: client PORT HOST CA CERT KEY CONNECTIONS"))
	}
	config := &tls.Config{
		ServerName:         os.Args[2],
		RootCAs:            x509.NewCertPool(),
		MaxVersion:         tls.VersionTLS12,
		ClientSessionCache: tls.NewLRUClientSessionCache(4),
	}
	root, err := os.ReadFile(os.Args[3])
	if err != nil {
		fail(err)
	}
	if !config.RootCAs.AppendCertsFromPEM(root) {
		fail(errors.New("no certificate in " + os.Args[3]))
	}
	if os.Args[4] != "-" {
		pair, err := tls.LoadX509KeyPair(os.Args[4], os.Args[5])
		if err != nil {
			fail(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	connections, err := strconv.Atoi(os.Args[6])
	if err != nil {
		fail(err)
	}
	payload, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	for i := 1; i <= connections; i++ {
		state, err := talk("127.0.0.1:"+os.Args[1], config, payload)
		if err != nil {
			fail(err)
		}
		version := fmt.Sprintf("%#04x", state.Version)
		if state.Version == tls.VersionTLS12 {
			version = "TLSv1.2"
		}
		resumed := "no"
		if state.DidResume {
			resumed = "yes"
		}
		fmt.Printf("connection %d: version=%s resumed=%s suite=%s\n",
			i, version, resumed, tls.CipherSuiteName(state.CipherSuite))
	}
}

func talk(address string, config *tls.Config, payload []byte) (tls.ConnectionState, error) {
	none := tls.ConnectionState{}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		return none, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return none, err
	}
	if _, err := conn.Write(payload); err != nil {
		return none, err
	}
	echo := make([]byte, len(payload))
	if _, err := io.ReadFull(conn, echo); err != nil {
		return none, err
	}
	if !bytes.Equal(echo, payload) {
		return none, errors.New("the echo differs")
	}
	if err := conn.CloseWrite(); err != nil {
		return none, err
	}
	// RFC 5246 7.2.1: the answer to close_notify is close_notify; without it this read fails.
	if n, err := conn.Read(echo); n != 0 || err != io.EOF {
		return none, fmt.Errorf("no orderly end: %d bytes, %v", n, err)
	}
	return conn.ConnectionState(), nil
}

func fail(err error) {
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		fmt.Println("certificate refused:", err)
		os.Exit(2)
	}
	fmt.Println("failed:", err)
	os.Exit(1)
}
