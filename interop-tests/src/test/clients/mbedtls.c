/* A client on Mbed TLS for the interop tests; arguments, output and exit status as in client.go. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PAYLOAD 65536

static unsigned char payload[MAX_PAYLOAD];
static unsigned char echo[MAX_PAYLOAD];
static int verifications;

/* Called for each certificate of a chain that is being verified: not at all when a session is resumed. */
static int count(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
    (void) context;
    (void) certificate;
    (void) depth;
    (void) flags;
    verifications++;
    return 0;
}

static void check(int result, const char *what) {
    if (result < 0) {
        char text[128];
        mbedtls_strerror(result, text, sizeof text);
        printf("failed: %s: -0x%04x %s\n", what, (unsigned) -result, text);
        exit(1);
    }
}

static void talk(int number, const char *port, const char *host, const mbedtls_ssl_config *config,
                 mbedtls_ssl_session *session, size_t length) {
    mbedtls_net_context net;
    mbedtls_ssl_context ssl;
    size_t done = 0;
    int result;
    mbedtls_net_init(&net);
    mbedtls_ssl_init(&ssl);
    check(mbedtls_net_connect(&net, "127.0.0.1", port, MBEDTLS_NET_PROTO_TCP), "connect");
    check(mbedtls_ssl_setup(&ssl, config), "setup");
    check(mbedtls_ssl_set_hostname(&ssl, host), "host name");
    if (number > 1) {
        check(mbedtls_ssl_set_session(&ssl, session), "session");
    }
    mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, NULL, mbedtls_net_recv_timeout);
    verifications = 0;
    result = mbedtls_ssl_handshake(&ssl);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED
        && mbedtls_ssl_get_verify_result(&ssl) == MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        printf("certificate refused: not trusted\n");
        exit(2);
    }
    check(result, "handshake");
    printf("connection %d: version=%s resumed=%s suite=%s\n", number, mbedtls_ssl_get_version(&ssl),
           verifications == 0 ? "yes" : "no", mbedtls_ssl_get_ciphersuite(&ssl));
    mbedtls_ssl_session_free(session);
    mbedtls_ssl_session_init(session);
    check(mbedtls_ssl_get_session(&ssl, session), "session");
    while (done < length) {
        result = mbedtls_ssl_write(&ssl, payload + done, length - done);
        check(result, "write");
        done += (size_t) result;
    }
    for (done = 0; done < length; done += (size_t) result) {
        result = mbedtls_ssl_read(&ssl, echo + done, length - done);
        check(result == 0 ? MBEDTLS_ERR_SSL_CONN_EOF : result, "read");
    }
    if (memcmp(payload, echo, length) != 0) {
        printf("failed: the echo differs\n");
        exit(1);
    }
    check(mbedtls_ssl_close_notify(&ssl), "close");
    /* RFC 5246 7.2.1: the answer to close_notify is close_notify. */
    result = mbedtls_ssl_read(&ssl, echo, 1);
    if (result != MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        printf("failed: no orderly end, %d\n", result);
        exit(1);
    }
    mbedtls_ssl_free(&ssl);
    mbedtls_net_free(&net);
}

int main(int argc, char **argv) {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt roots, own;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
    mbedtls_ssl_session session;
    size_t length;
    int i;
    if (argc != 7) {
        printf("usage: client PORT HOST CA CERT KEY CONNECTIONS\n");
        return 1;
    }
    length = fread(payload, 1, sizeof payload, stdin);
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_x509_crt_init(&roots);
    mbedtls_x509_crt_init(&own);
    mbedtls_pk_init(&key);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_session_init(&session);
    check(mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0), "random");
    check(mbedtls_x509_crt_parse_file(&roots, argv[3]), argv[3]);
    check(mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                      MBEDTLS_SSL_PRESET_DEFAULT), "defaults");
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
    mbedtls_ssl_conf_read_timeout(&config, 20000);
    mbedtls_ssl_conf_ca_chain(&config, &roots, NULL);
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(&config, count, NULL);
    if (strcmp(argv[4], "-") != 0) {
        check(mbedtls_x509_crt_parse_file(&own, argv[4]), argv[4]);
        check(mbedtls_pk_parse_keyfile(&key, argv[5], NULL), argv[5]);
        check(mbedtls_ssl_conf_own_cert(&config, &own, &key), "own certificate");
    }
    for (i = 1; i <= atoi(argv[6]); i++) {
        talk(i, argv[1], argv[2], &config, &session, length);
    }
    return 0;
}
