/*
 * A GnuTLS client with a pre-shared key: sends each line of its input, prints what comes back for it, and says what was
 * agreed in the words of gnutls-cli. That one, in version 3.7, asks the server's question of a client and crashes when it
 * describes a session of DHE-PSK or ECDHE-PSK, with gnutls-serv just as with others.
 *
 * Arguments: port, priority string, identity, key in hexadecimal.
 */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void require(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, gnutls_strerror(result));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "arguments: port priority identity hexkey\n");
		return 1;
	}
	struct sockaddr_in address = { 0 };
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		perror("connect");
		return 1;
	}

	gnutls_psk_client_credentials_t credentials;
	require(gnutls_psk_allocate_client_credentials(&credentials), "credentials");
	gnutls_datum_t key = { (unsigned char *)argv[4], strlen(argv[4]) };
	require(gnutls_psk_set_client_credentials(credentials, argv[3], &key, GNUTLS_PSK_KEY_HEX), "key");
	gnutls_session_t session;
	require(gnutls_init(&session, GNUTLS_CLIENT), "session");
	require(gnutls_priority_set_direct(session, argv[2], NULL), "priority");
	require(gnutls_credentials_set(session, GNUTLS_CRD_PSK, credentials), "credentials");
	gnutls_transport_set_int(session, fd);
	int handshake;
	do {
		handshake = gnutls_handshake(session);
	} while (handshake < 0 && !gnutls_error_is_fatal(handshake));
	require(handshake, "handshake");

	char *description = gnutls_session_get_desc(session);
	const char *hint = gnutls_psk_client_get_hint(session);
	printf("- Description: %s\n", description);
	if (hint != NULL)
		printf("- PSK hint '%s'\n", hint);
	fflush(stdout);
	gnutls_free(description);

	char line[4096];
	while (fgets(line, sizeof line, stdin) != NULL) {
		size_t length = strlen(line);
		require(gnutls_record_send(session, line, length), "send");
		for (size_t done = 0; done < length;) {
			ssize_t got = gnutls_record_recv(session, line, sizeof line);
			require(got, "receive");
			if (got == 0) {
				fprintf(stderr, "the server closed early\n");
				return 1;
			}
			fwrite(line, 1, got, stdout);
			done += got;
		}
		fflush(stdout);
	}
	require(gnutls_bye(session, GNUTLS_SHUT_RDWR), "close_notify");
	return 0;
}
