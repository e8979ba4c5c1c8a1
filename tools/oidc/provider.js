// A real OpenID provider on loopback, for the tests. It reads its clients and people as JSON from the first argument,
// says "ready <address>" when it serves, and ends with its standard input.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const { clients, people } = JSON.parse(process.argv[2])

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // Whoever is not known is somebody new, by the name that was typed.
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    pkce: { required: () => true },
    cookies: { keys: ['a key of the tests'] },
    features: { devInteractions: { enabled: true } },
  })
  server.on('request', provider.callback())
  console.log(`ready ${issuer}`)
})

process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
