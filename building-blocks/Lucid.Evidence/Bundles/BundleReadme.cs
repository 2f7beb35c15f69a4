namespace Lucid.Evidence;

/// <summary>README.txt of a version 1 bundle, the same bytes in every bundle.</summary>
public static class BundleReadme
{
    public static ReadOnlyMemory<byte> Version1 { get; } = System.Text.Encoding.ASCII.GetBytes(
        """
        LUCID EVIDENCE BUNDLE, VERSION 1

        This archive holds one recorded remote-desktop session, encrypted, and what is
        needed to check that nobody changed it since it was recorded.

          index.json       length and SHA-256 of every other file
          manifest.json    what was recorded, signed by the recording platform
          receipt.json     proof that the manifest was anchored on a chain, and when
          chunks/*.lck1    the recording, encrypted
          keys.json        the data key, wrapped for each person who may decrypt

        CHECK IT
          lucid verify BUNDLE.zip --genesis HASH

          HASH is the genesis hash of the chain. Get it from somewhere other than
          the sender of this bundle. Without it a bundle can be consistent but
          cannot be trusted, because anybody can start a chain of their own.
          Exit code 0: valid. 1: something was changed, and what. 2: unreadable.
          3: consistent, but no genesis hash was given.
          Add --known-head FILE with an earlier receipt or tree head if you have
          one: it exposes a chain that was written a second time.

        READ IT
          lucid decrypt BUNDLE.zip --key YOUR-PRIVATE-KEY --output DIRECTORY

          gives one MP4 file for each run of the screen and the events as text.

        CHECK IT WITHOUT OUR SOFTWARE
          Every format is described byte by byte in docs/formats.md of the Lucid
          source, with worked examples. In short:
          1. SHA-256 of each file must equal index.json.
          2. chunk_hash = SHA-256("lucid/chunk/v1" 0x00 session_id(16 bytes)
             index(8) length(8) SHA-256(file)) must equal manifest.json.
          3. The RFC 6962 Merkle tree over the chunk hashes must have the root that
             manifest.json and receipt.json name.
          4. SHA-256("lucid/manifest/v1" 0x00 manifest without "signature") must be
             the manifest_hash in receipt.json, and the ES256 signature must verify.
          5. receipt.json leads from that hash through a transaction, a Merkle
             path, a block header and its signatures to the genesis document.
        """.ReplaceLineEndings("\n") + "\n");
}
