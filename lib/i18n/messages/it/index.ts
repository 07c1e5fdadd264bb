import access from "./access.json";
import accessibility from "./accessibility.json";
import addContracts from "./add-contracts.json";
import archive from "./archive.json";
import bill from "./bill.json";
import billChange from "./bill-change.json";
import bills from "./bills.json";
import cases from "./cases.json";
import common from "./common.json";
import confirm from "./confirm.json";
import consumption from "./consumption.json";
import contracts from "./contracts.json";
import delivery from "./delivery.json";
import descriptions from "./descriptions.json";
import design from "./design.json";
import desk from "./desk.json";
import directDebit from "./direct-debit.json";
import errors from "./errors.json";
import exports from "./exports.json";
import help from "./help.json";
import home from "./home.json";
import imports from "./imports.json";
import login from "./login.json";
import mails from "./mails.json";
import navigation from "./navigation.json";
import notifications from "./notifications.json";
import operations from "./operations.json";
import overview from "./overview.json";
import ownData from "./own-data.json";
import passport from "./passport.json";
import privacy from "./privacy.json";
import profile from "./profile.json";
import readingDesk from "./reading-desk.json";
import readingReceipt from "./reading-receipt.json";
import sampleBill from "./sample-bill.json";
import selfReading from "./self-reading.json";
import shell from "./shell.json";
import signup from "./signup.json";
import staff from "./staff.json";
import staffAccess from "./staff-access.json";
import statistics from "./statistics.json";
import theme from "./theme.json";
import tokens from "./tokens.json";

export default {
  staffAccess,
  ownData,
  addContracts,
  access,
  archive,
  accessibility,
  bill,
  billChange,
  bills,
  cases,
  common,
  confirm,
  consumption,
  contracts,
  delivery,
  descriptions,
  design,
  desk,
  directDebit,
  errors,
  exports,
  help,
  home,
  imports,
  login,
  mails,
  navigation,
  notifications,
  operations,
  overview,
  passport,
  privacy,
  profile,
  readingDesk,
  readingReceipt,
  sampleBill,
  selfReading,
  shell,
  signup,
  staff,
  statistics,
  theme,
  tokens,
};
