// Global ids: the base64 form of `Type:id`.

export function encodeId(type, id) {
  return Buffer.from(`${type}:${id}`).toString("base64url") + padding(type.length + 1 + id.length);
}

export function decodeId(type, globalId) {
  const [found, id] = Buffer.from(globalId, "base64url").toString().split(":");
  return found === type && /^[0-9a-f]{24}$/.test(id) ? id : null;
}

const padding = (length) => "=".repeat((3 - (length % 3)) % 3);
