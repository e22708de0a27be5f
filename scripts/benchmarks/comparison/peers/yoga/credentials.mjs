// Who asks: an API key, known by its digest, or a token that is signed and opens one session.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const SESSION_TOKEN = /^wst_(([0-9a-f]{24})\.([0-9a-f]{24}))\.([\w-]{43})$/;

export async function createAuthenticator(db) {
  const { secret } = await db.collection("signing_keys").findOne({ _id: "session_tokens" });
  return async (authorization) => {
    const token = authorization?.replace(/^Bearer /, "");
    if (token === undefined) return null;
    return readSessionToken(secret.buffer, token) ?? (await readApiKey(db, token));
  };
}

function readSessionToken(secret, token) {
  const found = SESSION_TOKEN.exec(token);
  if (found === null) return null;
  const [, claim, organizationId, sessionId, signature] = found;
  const expected = createHmac("sha256", secret).update(claim).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, "base64url"))) return null;
  return { organizationId, sessionId };
}

async function readApiKey(db, token) {
  const keyHash = createHash("sha256").update(token).digest("hex");
  const key = await db.collection("api_keys").findOne({ key_hash: keyHash });
  const isActive = key !== null && key.revoked_at === null;
  return isActive ? { organizationId: key.organization_id, sessionId: null } : null;
}
