/*
 * Sealed secrets; see seal.h.
 */
#include <string.h>

#include <openssl/evp.h>

#include "base/hex.h"
#include "hmac.h"
#include "seal.h"

#define NONCE_LEN 12
#define TAG_LEN	  16
#define PLAIN_MAX 64

bool
seal_put(char *out, const uint8_t key[SEAL_KEY_LEN], const char *bound,
    const uint8_t *p, size_t n)
{
	uint8_t		sealed[NONCE_LEN + PLAIN_MAX + TAG_LEN];
	EVP_CIPHER_CTX *c;
	int		len;
	bool		good;

	if (n > PLAIN_MAX || !random_bytes(sealed, NONCE_LEN) ||
	    (c = EVP_CIPHER_CTX_new()) == NULL)
		return (false);
	good =
	    EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
	    EVP_EncryptUpdate(c, NULL, &len, (const uint8_t *)bound,
		(int)strlen(bound)) == 1 &&
	    EVP_EncryptUpdate(c, sealed + NONCE_LEN, &len, p, (int)n) == 1 &&
	    EVP_EncryptFinal_ex(c, sealed + NONCE_LEN + n, &len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		c, EVP_CTRL_GCM_GET_TAG, TAG_LEN, sealed + NONCE_LEN + n) == 1;
	EVP_CIPHER_CTX_free(c);
	if (good)
		hex_put(out, sealed, NONCE_LEN + n + TAG_LEN);
	return (good);
}

bool
seal_get(uint8_t *out, size_t n, const uint8_t key[SEAL_KEY_LEN],
    const char *bound, const char *text)
{
	uint8_t		sealed[NONCE_LEN + PLAIN_MAX + TAG_LEN];
	EVP_CIPHER_CTX *c;
	int		len;
	bool		good;

	if (n > PLAIN_MAX ||
	    hex_get(sealed, sizeof sealed, text, strlen(text)) !=
		(ssize_t)(NONCE_LEN + n + TAG_LEN) ||
	    (c = EVP_CIPHER_CTX_new()) == NULL)
		return (false);
	good =
	    EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
	    EVP_DecryptUpdate(c, NULL, &len, (const uint8_t *)bound,
		(int)strlen(bound)) == 1 &&
	    EVP_DecryptUpdate(c, out, &len, sealed + NONCE_LEN, (int)n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN,
		sealed + NONCE_LEN + n) == 1 &&
	    EVP_DecryptFinal_ex(c, out + n, &len) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!good)
		memset(out, 0, n);
	return (good);
}
