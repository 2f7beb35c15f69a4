using System.Buffers;
using System.Buffers.Text;

namespace Lucid.Evidence;

/// <summary>
/// Base64 with exactly one spelling for each value (RFC 4648 §3.5): padding required, unused bits zero, no white space.
/// The URL-safe form, used only inside JWKs and key ids, is unpadded.
/// </summary>
public static class StrictBase64
{
    /// <exception cref="EvidenceException">Any other spelling.</exception>
    public static byte[] Decode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        if (Convert.TryFromBase64String(text, buffer, out var length)
            && Convert.ToBase64String(buffer, 0, length) == text)
        {
            return buffer[..length];
        }

        throw new EvidenceException(EvidenceFault.JsonField, "Not canonical base64 (standard alphabet, padded, unused bits zero).");
    }

    public static string EncodeUrl(ReadOnlySpan<byte> data) => Base64Url.EncodeToString(data);

    /// <exception cref="EvidenceException">Any other spelling.</exception>
    public static byte[] DecodeUrl(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(buffer.AsSpan(0, length)) == text)
        {
            return buffer[..length];
        }

        throw new EvidenceException(EvidenceFault.JsonField, "Not canonical base64url (unpadded, unused bits zero).");
    }
}
