/* A client on wolfSSL for the interop tests; arguments, output and exit status as in client.go. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_PAYLOAD 65536

static unsigned char payload[MAX_PAYLOAD];
static unsigned char echo[MAX_PAYLOAD];

static void fail(const char *what, int error) {
    char text[WOLFSSL_MAX_ERROR_SZ];
    int refused = error == ASN_NO_SIGNER_E;
    wolfSSL_ERR_error_string((unsigned long) error, text);
    printf("%s %s: %d %s\n", refused ? "certificate refused:" : "failed:", what, error, text);
    exit(refused ? 2 : 1);
}

static int dial(const char *port) {
    struct sockaddr_in address;
    struct timeval limit = {20, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t) atoi(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        fail("connect", 0);
    }
    return fd;
}

static void talk(int number, const char *port, const char *host, WOLFSSL_CTX *context, WOLFSSL_SESSION **session,
                 int length) {
    WOLFSSL *ssl = wolfSSL_new(context);
    int fd = dial(port);
    int done, n;
    if (ssl == NULL || wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, host, (unsigned short) strlen(host)) != WOLFSSL_SUCCESS
        || wolfSSL_check_domain_name(ssl, host) != WOLFSSL_SUCCESS || wolfSSL_set_fd(ssl, fd) != WOLFSSL_SUCCESS) {
        fail("setup", 0);
    }
    if (wolfSSL_UseSessionTicket(ssl) != WOLFSSL_SUCCESS) {
        fail("session ticket", 0);
    }
    if (number > 1 && wolfSSL_set_session(ssl, *session) != WOLFSSL_SUCCESS) {
        fail("session", 0);
    }
    if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS) {
        fail("handshake", wolfSSL_get_error(ssl, 0));
    }
    printf("connection %d: version=%s resumed=%s suite=%s\n", number, wolfSSL_get_version(ssl),
           wolfSSL_session_reused(ssl) ? "yes" : "no", wolfSSL_get_cipher_name(ssl));
    wolfSSL_SESSION_free(*session);
    *session = wolfSSL_get1_session(ssl);
    for (done = 0; done < length; done += n) {
        n = wolfSSL_write(ssl, payload + done, length - done);
        if (n <= 0) {
            fail("write", wolfSSL_get_error(ssl, n));
        }
    }
    for (done = 0; done < length; done += n) {
        n = wolfSSL_read(ssl, echo + done, length - done);
        if (n <= 0) {
            fail("read", wolfSSL_get_error(ssl, n));
        }
    }
    if (memcmp(payload, echo, (size_t) length) != 0) {
        printf("failed: the echo differs\n");
        exit(1);
    }
    /* RFC 5246 7.2.1: the answer to close_notify is close_notify; the second call waits for it. */
    n = wolfSSL_shutdown(ssl);
    if (n == WOLFSSL_SHUTDOWN_NOT_DONE) {
        n = wolfSSL_shutdown(ssl);
    }
    if (n != WOLFSSL_SUCCESS) {
        fail("close", wolfSSL_get_error(ssl, n));
    }
    wolfSSL_free(ssl);
    close(fd);
}

int main(int argc, char **argv) {
    WOLFSSL_CTX *context;
    WOLFSSL_SESSION *session = NULL;
    int length, i;
    if (argc != 7) {
        printf("usage: client PORT HOST CA CERT KEY CONNECTIONS\n");
        return 1;
    }
    length = (int) fread(payload, 1, sizeof payload, stdin);
    wolfSSL_Init();
    context = wolfSSL_CTX_new(wolfTLSv1_2_client_method());
    if (context == NULL || wolfSSL_CTX_load_verify_locations(context, argv[3], NULL) != WOLFSSL_SUCCESS) {
        fail(argv[3], 0);
    }
    /* Some builds do not verify unless told to. */
    wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER, NULL);
    if (strcmp(argv[4], "-") != 0
        && (wolfSSL_CTX_use_certificate_chain_file(context, argv[4]) != WOLFSSL_SUCCESS
            || wolfSSL_CTX_use_PrivateKey_file(context, argv[5], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS)) {
        fail(argv[4], 0);
    }
    for (i = 1; i <= atoi(argv[6]); i++) {
        talk(i, argv[1], argv[2], context, &session, length);
    }
    return 0;
}
