namespace Lucid.Evidence.Tests;

/// <summary>Seeded damage: flips, cuts, insertions, repeated and overwritten stretches, extreme numbers.</summary>
internal static class Mutation
{
    public static byte[] Apply(byte[] original, SeededGenerator random)
    {
        var bytes = original.ToList();
        for (var i = random.Below(3); i >= 0; i--)
        {
            var at = random.Below(bytes.Count + 1);
            var length = Math.Min(random.Below(64), bytes.Count - at);
            switch (random.Below(6))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, random.Bytes(random.Below(64)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    for (var j = 0; j < length; j++)
                    {
                        bytes[at + j] = random.Below(2) == 0 ? (byte)0xff : (byte)0;
                    }

                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    if (at < bytes.Count)
                    {
                        bytes[at] = (byte)random.Next();
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
